import Testing
import TraceQuery

@Suite("A filter that is not understood is answered with the one that was meant")
struct FilterAdviceTests {
  @Test(arguments: [
    ("state = 'ERROR'", "status = 'ERROR'"), ("STATUS = 'ERROR'", "status = 'ERROR'"),
    ("statu = 'ERROR'", "status = 'ERROR'"), ("trace_id = 'tr-1'", "request_id = 'tr-1'"),
    ("session_id = 'x'", "metadata.`mlflow.trace.session` = 'x'"),
    ("user = 'x' AND latency > 5", "metadata.`mlflow.trace.user` = 'x' AND execution_time_ms > 5"),
    ("text LIKE '%x%'", "trace.text LIKE '%x%'"), ("trace.text = 'x'", "trace.text LIKE '%x%'"),
    ("span.name like 'a%'", "span.name LIKE 'a%'"), ("span.Name = 'a'", "span.name = 'a'"),
    ("span.attribute.k LIKE '%a%'", "span.attributes.k LIKE '%a%'"), ("spans.name = 'a'", "span.name = 'a'"),
    ("assessment.grade = 'good'", "feedback.grade = 'good'"), ("Feedback.grade = 'good'", "feedback.grade = 'good'"),
    ("tag.my-key = 'a'", "tag.`my-key` = 'a'"), ("tag.from = 'a'", "tag.`from` = 'a'"),
    ("name = 'open", "name = 'open'"), ("status = OK", "status = 'OK'"), ("status == 'OK'", "status = 'OK'"),
    ("status <> 'OK'", "status != 'OK'"), ("tag.env REGEXP 'a'", "tag.env RLIKE 'a'"),
    ("TIMESTAMP > 5", "timestamp_ms > 5"), ("timestamp > 1.5", "timestamp_ms > 1.5"),
    ("status = 'OK' name IS NULL", "status = 'OK' AND name IS NULL"),
  ])
  func whatWasMeant(_ filter: String, _ meant: String) throws {
    let error = try #require(throws: FilterError.self) { try TraceFilter(filter) }
    #expect(error.suggestion == meant)
    _ = try TraceFilter(meant)
  }

  @Test(arguments: [
    ("status = 'OK' OR name = 'x'", 14, "there is no OR"), ("(status = 'OK')", 0, "parenthesis"),
    ("status = 'OK', name = 'x'", 13, "comma"), ("status = 'OK' AND NOT name = 'x'", 18, "no NOT"),
    ("name IN ('a')", 5, "does not fit"), ("status IN ('\\x+1')", 14, "is not complete"),
    ("feedback.score > '5'", 17, "compares numbers"),
    ("env = 'prod'", 0, "there is no key 'env'"), ("status =", 8, "a value is missing"), ("status", 6, "ends behind"),
  ])
  func whereAndWhy(_ filter: String, _ offset: Int, _ words: String) throws {
    let error = try #require(throws: FilterError.self) { try TraceFilter(filter) }
    #expect(error.offset == offset)
    #expect(error.description.contains(words), "\(error)")
    #expect(error.suggestion == nil)
    #expect(!error.allowed.isEmpty)
  }

  @Test func aNULIsRefusedWhereItStands() throws {
    let error = try #require(throws: FilterError.self) { try TraceFilter("tag.a LIKE '%\0b'") }
    #expect(error.offset == 13)
    #expect(error.message.contains("NUL"))
  }

  @Test func tooManyClausesAreCounted() throws {
    let filter = Array(repeating: "status = 'OK'", count: 101).joined(separator: " AND ")
    let error = try #require(throws: FilterError.self) { try TraceFilter(filter) }
    #expect(error.message == "there are 101 clauses")
  }
}
