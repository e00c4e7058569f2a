/// One connection with a thread of its own. Opened at the first question, so that a server can start before its store is
/// there, and anew once another file has its name, or it could not be opened.
actor SQLiteConnection {
  private let path: String
  private let executor: QueueExecutor
  private var opened: Database?

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  init(path: String) {
    self.path = path
    executor = QueueExecutor(label: "mlflow-lens.sqlite")
  }

  /// Asks the database. A cancelled task interrupts the statement that is running.
  func read<Answer: Sendable>(
    _ body: @Sendable (Database, Schema) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    let database = try open()
    if Task.isCancelled { throw StoreError(.cancelled, "The call was cancelled") }
    let interrupter = database.interrupter
    let outcome = await withTaskCancellationHandler {
      // By a method of the actor: a closure that does not name it would run on a thread of all tasks, and be waited for.
      self.outcome(of: body, database)
    } onCancel: {
      interrupter.interrupt()
    }
    return try outcome.get()
  }

  private func outcome<Answer>(
    of body: (Database, Schema) throws(StoreError) -> Answer, _ database: Database
  ) -> Result<Answer, StoreError> {
    Result { () throws(StoreError) in
      try database.snapshot { () throws(StoreError) in try body(database, try database.schema()) }
    }
  }

  private func open() throws(StoreError) -> Database {
    if let opened, opened.isCurrent { return opened }
    opened = nil
    let database = try Database(path: path)
    opened = database
    return database
  }
}
