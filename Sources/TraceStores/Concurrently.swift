/// Does the work for each input, several at once, and keeps their order. The first failure ends all.
func concurrently<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], atMost width: Int, reports: Bool = true,
  _ work: @escaping @Sendable (Input) async throws(StoreError) -> Output
) async throws(StoreError) -> [Output] {
  let outcome = await withTaskGroup(of: (Int, Result<Output, StoreError>).self) { group in
    var outputs = [Output?](repeating: nil, count: inputs.count)
    var (next, done) = (0, 0)
    func startNext() {
      guard next < inputs.count else { return }
      let (place, input) = (next, inputs[next])
      next += 1
      group.addTask {
        do throws(StoreError) {
          return (place, .success(try await work(input)))
        } catch {
          return (place, .failure(error))
        }
      }
    }
    for _ in 0..<width { startNext() }
    while let (place, result) = await group.next() {
      switch result {
      case .success(let output):
        outputs[place] = output
        done += 1
        if reports { StoreProgress.report(done, inputs.count) }
      case .failure(let error):
        group.cancelAll()
        return Result<[Output], StoreError>.failure(error)
      }
      startNext()
    }
    return .success(outputs.compactMap(\.self))
  }
  return try outcome.get()
}
