import JSONText
public import TraceModel

extension TraceQuery {
  /// Answers the query over traces that are in memory, as every store has to: conditions, order with NULLs last, the
  /// tie-break, the page.
  ///
  /// - Parameters:
  ///   - infos: All infos there are.
  ///   - hasErrorSpans: Whether a trace has a span with status ERROR; only asked when a condition needs it.
  ///   - spans: A trace's spans; only asked for when the filter needs them.
  /// - Returns: The infos of the page, and how many match in all.
  public func page(
    of infos: [TraceInfo], hasErrorSpans: (TraceInfo) -> Bool, spans: (TraceInfo) -> [Span] = { _ in [] }
  ) throws(RegularExpression.Failure) -> (infos: [TraceInfo], totalCount: Int) {
    let searched = infos.filter { experimentIDs.isEmpty || experimentIDs.contains($0.experimentID) }
    let predicate = filter.map { FilterPredicate($0, over: searched) }
    let matching = searched.filter { info in
      conditions.allSatisfy { $0.holds(for: info, hasErrorSpans: hasErrorSpans, spans: spans) }
        && (predicate?.holds(for: info) { spans(info) } ?? true)
    }
    if let failure = predicate?.failure { throw failure }
    let keys = order + TraceOrder.tieBreak.filter { tie in !order.contains { $0.key == tie.key } }
    let sorted = matching.sorted { left, right in
      for key in keys {
        switch key.compare(left, right) {
        case .some(let isBefore): return isBefore
        case .none: continue
        }
      }
      return false
    }
    return (Array(sorted.dropFirst(offset).prefix(limit)), matching.count)
  }
}

extension TraceCondition {
  func holds(for info: TraceInfo, hasErrorSpans: (TraceInfo) -> Bool, spans: (TraceInfo) -> [Span]) -> Bool {
    switch self {
    case .state(let states): states.contains(info.state)
    case .session(let id): info.sessionID == id
    case .user(let id): info.userID == id
    case .since(let time): info.requestTime.milliseconds >= time.milliseconds
    case .until(let time): info.requestTime.milliseconds < time.milliseconds
    case .durationAtLeast(let milliseconds): info.executionDurationMs.map { $0 >= milliseconds } ?? false
    case .hasErrorSpans(let wanted): hasErrorSpans(info) == wanted
    case .containsText(let text): spans(info).contains { RecordedText.stands(text, in: $0.record.rawBytes) }
    case .attribute(let key, let value): spans(info).contains { $0.attribute(key)?.reads(as: value) ?? false }
    case .failedAssessment(let name):
      info.assessments.contains { $0.readsLikeFailure && (name == nil || $0.name == name) }
    }
  }
}

extension TraceOrder {
  private enum Value: Equatable {
    case integer(Int64)
    case text(String)
  }

  /// Whether `left` comes before `right`; nil when this key does not tell.
  fileprivate func compare(_ left: TraceInfo, _ right: TraceInfo) -> Bool? {
    switch (value(left), value(right)) {
    case (nil, nil): return nil
    case (nil, _): return false
    case (_, nil): return true
    case (.integer(let first)?, .integer(let second)?):
      return first == second ? nil : isDescending ? first > second : first < second
    case (.text(let first)?, .text(let second)?):
      // Byte by byte, as databases compare.
      let isBefore = first.utf8.lexicographicallyPrecedes(second.utf8)
      return first.utf8.elementsEqual(second.utf8) ? nil : isDescending ? !isBefore : isBefore
    default: return nil
    }
  }

  private func value(_ info: TraceInfo) -> Value? {
    switch key {
    case .timestamp: .integer(info.requestTime.milliseconds)
    case .executionTime: info.executionDurationMs.map { .integer($0) }
    case .status: .text(info.state.rawValue)
    case .name: info.name.map { .text($0) }
    case .requestID: .text(info.id.rawValue)
    case .endTime: .integer(info.requestTime.milliseconds.addingSaturating(info.executionDurationMs ?? 0))
    case .tag(let key): info.tags[key].map { .text($0) }
    case .metadata(let key): info.metadata[key].map { .text($0) }
    case .experimentID: Int64(info.experimentID).map { .integer($0) } ?? .text(info.experimentID)
    }
  }
}
