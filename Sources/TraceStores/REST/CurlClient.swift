import CCurl
import Dispatch
import Synchronization

/// libcurl: timeouts that hold for the whole exchange, proxies from the environment, compression, the system's TLS.
final class CurlClient: HTTPClient {
  private let tls: TLSOptions
  private let proxy: String?
  private let maximumBodySize: Int
  private let idle = Mutex<[CurlConnection]>([])

  /// Connections kept for the next request; more are opened while many are under way.
  private static let keptConnections = 8

  /// - Parameters:
  ///   - proxy: The proxy of plain HTTP, in place of those that libcurl finds in the environment.
  ///   - maximumBodySize: Bytes of a body after decompression; a longer one is a failure.
  init(tls: TLSOptions, proxy: String? = nil, maximumBodySize: Int = 512 << 20) {
    self.tls = tls
    self.proxy = proxy
    self.maximumBodySize = maximumBodySize
  }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let connection: CurlConnection
    if let kept = idle.withLock({ $0.popLast() }) {
      connection = kept
    } else {
      connection = try CurlConnection()
    }
    let outcome = await connection.send(request, tls: tls, proxy: proxy, maximumBodySize: maximumBodySize)
    idle.withLock { if $0.count < Self.keptConnections { $0.append(connection) } }
    return try outcome.get()
  }
}

/// One transfer at a time, on a thread of its own while it lasts.
///
/// Unchecked, because of the pointer: it is used on `queue` only, where one block follows another, save for waking it, which
/// libcurl allows from any thread; it is freed when nobody holds the connection any more.
@safe
private final class CurlConnection: @unchecked Sendable {
  private let transfer: OpaquePointer
  private let queue = DispatchQueue(label: "mlflow-lens.http")
  private let isCancelled = Atomic(false)

  init() throws(HTTPFailure) {
    if let failure = unsafe lens_curl_load() {
      throw HTTPFailure(kind: .noLibrary, detail: unsafe String(cString: failure))
    }
    guard let transfer = unsafe lens_transfer_new() else {
      throw HTTPFailure(kind: .other, detail: "libcurl made no handle")
    }
    unsafe self.transfer = transfer
  }

  deinit { unsafe lens_transfer_free(transfer) }

  func send(
    _ request: HTTPRequest, tls: TLSOptions, proxy: String?, maximumBodySize: Int
  ) async -> Result<HTTPResponse, HTTPFailure> {
    isCancelled.store(false, ordering: .relaxed)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async {
          let sink = ResponseSink(limit: maximumBodySize)
          continuation.resume(returning: self.perform(request, tls, proxy, into: sink))
        }
      }
    } onCancel: {
      isCancelled.store(true, ordering: .sequentiallyConsistent)
      unsafe lens_wake(transfer)
    }
  }

  private func perform(
    _ request: HTTPRequest, _ tls: TLSOptions, _ proxy: String?, into sink: ResponseSink
  ) -> Result<HTTPResponse, HTTPFailure> {
    unsafe lens_transfer_reset(transfer)
    defer { unsafe lens_stop(transfer) }
    guard configure(request), configure(tls), proxy.map({ set(CURLOPT_PROXY, $0) }) ?? true else {
      return .failure(HTTPFailure(kind: .other, detail: "this libcurl lacks an option that is needed"))
    }
    // The sink outlives the transfer: it is a parameter, and `extracting` below is its last use.
    unsafe lens_set_sinks(
      transfer,
      { context, bytes, count in unsafe ResponseSink.of(context)?.takeHeader(bytes, count) ?? false },
      { context, bytes, count in unsafe ResponseSink.of(context)?.takeBody(bytes, count) ?? false },
      Unmanaged.passUnretained(sink).toOpaque())
    guard unsafe lens_start(transfer) else {
      return .failure(HTTPFailure(kind: .other, detail: "libcurl did not start"))
    }
    var outcome = CURLE_OK
    repeat {
      if isCancelled.load(ordering: .sequentiallyConsistent) {
        return .failure(HTTPFailure(kind: .cancelled, detail: "cancelled"))
      }
    } while unsafe !lens_step(transfer, 1_000, &outcome)
    guard outcome == CURLE_OK else { return .failure(failure(outcome, sink)) }
    // libcurl takes a head that breaks off for a whole one, and MLflow's clients nothing at all for an empty answer.
    guard sink.isHeadWhole else { return .failure(HTTPFailure(kind: .cutOff, detail: "in the middle of its head")) }
    var response = sink.extracting()
    response.status = Int(unsafe lens_status(transfer))
    response.redirectURL = unsafe lens_redirect_url(transfer).map { unsafe String(cString: $0) }
    return .success(response)
  }

  private func configure(_ request: HTTPRequest) -> Bool {
    let milliseconds = max(1, Int(request.timeout / .milliseconds(1)))
    var isSet =
      set(CURLOPT_URL, request.url) && set(CURLOPT_NOSIGNAL, 1) && set(CURLOPT_TIMEOUT_MS, milliseconds)
      && set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds) && set(CURLOPT_FOLLOWLOCATION, 0)
      && set(CURLOPT_ACCEPT_ENCODING, "") && set(CURLOPT_USERAGENT, "mlflow-lens")
    if request.method == .post {
      let body = request.body ?? []
      isSet = isSet && set(CURLOPT_POST, 1) && (unsafe lens_set_body(transfer, body, body.count))
    }
    if let keys = request.signing {
      isSet =
        isSet && set(CURLOPT_AWS_SIGV4, "aws:amz:\(keys.region):\(AWSKeys.service)")
        && set(CURLOPT_USERNAME, keys.accessKey) && set(CURLOPT_PASSWORD, keys.secretKey)
    }
    for header in request.headers {
      isSet = isSet && (unsafe lens_add_header(transfer, "\(header.name): \(header.value)"))
    }
    // Without it, libcurl waits for a consent that some servers never give before it sends a longer body.
    return isSet && (unsafe lens_add_header(transfer, "Expect:"))
  }

  private func configure(_ tls: TLSOptions) -> Bool {
    var isSet = true
    if tls.isInsecure { isSet = set(CURLOPT_SSL_VERIFYPEER, 0) && set(CURLOPT_SSL_VERIFYHOST, 0) }
    if let path = tls.authorities {
      isSet = isSet && set(tls.authoritiesAreFolder ? CURLOPT_CAPATH : CURLOPT_CAINFO, path)
    }
    if let path = tls.clientCertificate { isSet = isSet && set(CURLOPT_SSLCERT, path) }
    return isSet
  }

  private func set(_ option: CURLoption, _ value: Int) -> Bool { unsafe lens_set_long(transfer, option, value) }

  private func set(_ option: CURLoption, _ value: String) -> Bool { unsafe lens_set_text(transfer, option, value) }

  private func failure(_ outcome: CURLcode, _ sink: ResponseSink) -> HTTPFailure {
    if sink.isTooLong {
      return HTTPFailure(kind: .tooLarge, detail: "the answer is longer than \(sink.limit >> 20) MiB")
    }
    let kind: HTTPFailure.Kind =
      switch outcome {
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
      case CURLE_COULDNT_CONNECT: .connect
      case CURLE_OPERATION_TIMEDOUT: .timeout
      case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_BAD_CONTENT_ENCODING,
        CURLE_HTTP2, CURLE_HTTP2_STREAM:
        .cutOff
      case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
        CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR:
        .tls
      default: .other
      }
    // Texts of other kinds may name a proxy with its password.
    let words = unsafe kind == .other ? lens_outcome_text(outcome) : lens_error_text(transfer, outcome)
    var detail = unsafe words.map { unsafe String(cString: $0) } ?? "error \(outcome.rawValue)"
    // The same failure is told in the same words: without the milliseconds it took.
    if let start = detail.firstRange(of: " after "), let end = detail.firstRange(of: " ms"),
      start.upperBound < end.lowerBound
    {
      detail.removeSubrange(start.lowerBound..<end.upperBound)
    }
    return HTTPFailure(kind: kind, detail: detail)
  }
}

/// What has arrived. Used on the connection's queue only.
private final class ResponseSink {
  let limit: Int
  private(set) var isTooLong = false
  /// Whether the empty line behind the headers has come.
  private(set) var isHeadWhole = false
  private var response = HTTPResponse(status: 0)

  init(limit: Int) { self.limit = limit }

  static func of(_ context: UnsafeMutableRawPointer?) -> ResponseSink? {
    unsafe context.map { unsafe Unmanaged<ResponseSink>.fromOpaque($0).takeUnretainedValue() }
  }

  func takeHeader(_ bytes: UnsafeRawPointer?, _ count: Int) -> Bool {
    let line = unsafe String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // An interim answer came before.
      response.headers = [:]
      isHeadWhole = false
    } else if line == "\r\n" || line == "\n" {
      isHeadWhole = true
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      response.headers[line[..<colon].lowercased()] = String(value.prefix { !$0.isNewline })
    }
    return true
  }

  func takeBody(_ bytes: UnsafeRawPointer?, _ count: Int) -> Bool {
    guard response.body.count + count <= limit else {
      isTooLong = true
      return false
    }
    unsafe response.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return true
  }

  func extracting() -> HTTPResponse { response }
}
