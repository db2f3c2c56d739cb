import CYAML

/// Turns libyaml's events into a value by go-yaml's rules, without recursion.
struct YAMLReader: ~Copyable {
  struct Failure: Error {
    var message: String
    var line: Int
    var column: Int
  }

  /// A mapping or sequence that is still open; its parts wait on the shared stacks.
  private struct Open {
    var isMapping: Bool
    var start: Int
    var anchor: String?
    var nodesBefore: Int
    /// Whether this is what the wanted path leads through.
    var isOnPath: Bool
    var line: Int
    var awaitsName = true
    var isMerge = false
  }

  private struct Anchored {
    var value: Value
    var size: Int
    var isOpen: Bool
  }

  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
  private let truth: YAML.Truth
  private let target: [PathStep]?

  private var opened: [Open] = []
  private var elements: [Value] = []
  private var members: [Mapping.Entry] = []
  /// The line of each member's value, 0 when nothing is to be said about it.
  private var memberLines: [Int] = []
  private var names = SharedNames()
  private var anchors: [String: Anchored] = [:]
  private var nodes = 0
  private var aliased = 0
  private var root = Value.null
  private var repeated: [(line: Int, name: String)] = []
  /// The first thing that parses but means nothing; go-yaml tells of it only after the syntax.
  private var refusal: Failure?
  private(set) var found: Place?

  /// The bytes must outlive the reader.
  init(
    _ bytes: UnsafeBufferPointer<UInt8>, truth: YAML.Truth = .words, target: [PathStep]? = nil
  ) {
    self.truth = truth
    self.target = target
    opened.reserveCapacity(16)
    elements.reserveCapacity(16)
    members.reserveCapacity(32)
    memberLines.reserveCapacity(32)
    yaml_parser_initialize(parser)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    event.deallocate()
  }

  /// Members given twice, in go-yaml's words and the order of the text.
  var duplicates: [String] {
    repeated.enumerated()
      .sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
      .map { "line \($0.element.line): key \(GoText.quote($0.element.name)) already set in map" }
  }

  /// The first document; null when there is none.
  mutating func read() throws(Failure) -> Value {
    while true {
      guard yaml_parser_parse(parser, event) != 0 else { throw syntaxFailure() }
      let line = Int(event.pointee.start_mark.line) + 1
      let column = Int(event.pointee.start_mark.column) + 1
      let type = event.pointee.type
      defer { yaml_event_delete(event) }
      switch type {
      case YAML_SCALAR_EVENT: readScalar(line, column)
      case YAML_ALIAS_EVENT: try readAlias(line, column)
      case YAML_SEQUENCE_START_EVENT:
        try open(isMapping: false, event.pointee.data.sequence_start.anchor, line, column)
      case YAML_MAPPING_START_EVENT:
        try open(isMapping: true, event.pointee.data.mapping_start.anchor, line, column)
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: close()
      case YAML_DOCUMENT_END_EVENT, YAML_STREAM_END_EVENT, YAML_NO_EVENT:
        if let refusal { throw refusal }
        return root
      default: break
      }
    }
  }

  private mutating func readScalar(_ line: Int, _ column: Int) {
    let scalar = event.pointee.data.scalar
    let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    nodes += 1
    if let last = opened.last, last.isMapping, last.awaitsName, scalar.tag == nil {
      if scalar.plain_implicit == 0 {
        return name(names.string(bytes), line, column)
      }
      if bytes.first == UInt8(ascii: "<"), bytes.elementsEqual("<<".utf8) {
        opened[opened.count - 1].isMerge = true
        opened[opened.count - 1].awaitsName = false
        return
      }
      if !YAMLScalar.mayBeSpecial(bytes) { return name(names.string(bytes), line, column) }
    }
    var value: Value
    if let tag = scalar.tag {
      do throws(YAMLScalar.Mismatch) {
        value = try YAMLScalar.value(
          String(decoding: bytes, as: UTF8.self), tag: String(cString: tag))
      } catch {
        value = .null
        refuse(error.message, line, column)
      }
    } else if scalar.plain_implicit == 0 {
      value = .string(String(decoding: bytes, as: UTF8.self))
    } else {
      value = YAMLScalar.resolve(bytes, truth)
    }
    if let anchor = scalar.anchor {
      anchors[String(cString: anchor)] = Anchored(value: value, size: 1, isOpen: false)
    }
    deliver(value, line, column)
  }

  private mutating func readAlias(_ line: Int, _ column: Int) throws(Failure) {
    let name = String(cString: event.pointee.data.alias.anchor)
    guard let anchored = anchors[name] else {
      throw Failure(
        message: "yaml: unknown anchor '\(name)' referenced", line: line, column: column)
    }
    nodes += anchored.size + 1
    aliased += anchored.size
    if anchored.isOpen { refuse("anchor '\(name)' value contains itself", line, column) }
    // go-yaml's own bounds: little text may be mostly aliases, much text must not be.
    let share = Double(aliased) / Double(nodes)
    let allowed = 0.99 - 0.89 * min(1, max(0, Double(nodes - 400_000) / 3_600_000))
    if aliased > 100, nodes > 1000, share > allowed {
      refuse("document contains excessive aliasing", line, column)
    }
    deliver(refusal == nil ? anchored.value : .null, line, column)
  }

  private mutating func open(
    isMapping: Bool, _ anchor: UnsafeMutablePointer<UInt8>?, _ line: Int, _ column: Int
  ) throws(Failure) {
    guard opened.count < Value.depthLimit else {
      let place = line > 1 ? "line \(line): " : ""
      throw Failure(
        message: "yaml: \(place)exceeded max depth of 10000", line: line, column: column)
    }
    let isOnPath = note(line, column)
    let name = anchor.map { String(cString: $0) }
    if let name { anchors[name] = Anchored(value: .null, size: 1, isOpen: true) }
    opened.append(
      Open(
        isMapping: isMapping, start: isMapping ? members.count : elements.count, anchor: name,
        nodesBefore: nodes, isOnPath: isOnPath, line: line))
    nodes += 1
  }

  private mutating func close() {
    guard let container = opened.popLast() else { return }
    let value: Value
    if container.isMapping {
      let own = Array(members[container.start...])
      var hasRepeated = false
      value = .object(Mapping(entries: own) { _ in hasRepeated = true })
      if hasRepeated { report(own, memberLines[container.start...]) }
      members.removeLast(own.count)
      memberLines.removeLast(own.count)
    } else {
      let own = Array(elements[container.start...])
      value = .array(own)
      elements.removeLast(own.count)
    }
    if let anchor = container.anchor {
      anchors[anchor] = Anchored(
        value: value, size: nodes - container.nodesBefore, isOpen: false)
    }
    deliver(value, container.line, 1, isNoted: true)
  }

  private mutating func report(_ own: [Mapping.Entry], _ lines: ArraySlice<Int>) {
    var seen: Set<[UInt8]> = []
    for (entry, line) in zip(own, lines) {
      if !seen.insert(Array(entry.key.utf8)).inserted, line > 0 {
        repeated.append((line, entry.key))
      }
    }
  }
}

extension YAMLReader {
  /// Hands a value to what is open around it, as a name, a member or an element.
  private mutating func deliver(
    _ value: Value, _ line: Int, _ column: Int, isNoted: Bool = false
  ) {
    guard let container = opened.last else {
      root = value
      if !isNoted { _ = note(line, column) }
      return
    }
    let top = opened.count - 1
    if !container.isMapping {
      if !isNoted { _ = note(line, column) }
      elements.append(value)
    } else if container.awaitsName {
      switch YAMLScalar.name(of: value) {
      case .success(let text): name(text, line, column)
      case .failure(let mismatch):
        refuse(mismatch.message, line, column)
        name("", line, column)
      }
    } else {
      opened[top].awaitsName = true
      if container.isMerge {
        opened[top].isMerge = false
        merge(value, line, column)
      } else {
        members[members.count - 1].value = value
        memberLines[memberLines.count - 1] = line
      }
    }
  }

  private mutating func name(_ text: String, _ line: Int, _ column: Int) {
    members.append(Mapping.Entry(key: text, value: .null))
    memberLines.append(0)
    opened[opened.count - 1].awaitsName = false
    if target != nil { _ = note(line, column) }
  }

  /// go-yaml merges in place: what stands later in the text wins, whichever it is.
  private mutating func merge(_ value: Value, _ line: Int, _ column: Int) {
    switch value {
    case .object(let mapping):
      for (key, value) in mapping {
        members.append(Mapping.Entry(key: key, value: value))
        memberLines.append(0)
      }
    case .array(let mappings) where mappings.allSatisfy { $0.object != nil }:
      for mapping in mappings.reversed() { merge(mapping, line, column) }
    default:
      refuse("map merge requires map or sequence of maps as the value", line, column)
    }
  }

  private mutating func refuse(_ message: String, _ line: Int, _ column: Int) {
    if refusal == nil {
      let words = message.hasPrefix("unsupported map key") ? message : "yaml: " + message
      refusal = Failure(message: words, line: line, column: column)
    }
  }

  /// Notes the place when the node that begins here is on the wanted path; says whether it is.
  private mutating func note(_ line: Int, _ column: Int) -> Bool {
    guard let target else { return false }
    let depth = opened.count
    guard let container = opened.last else {
      found = Place(line: line, column: column)
      return true
    }
    guard container.isOnPath, depth <= target.count else { return false }
    switch target[depth - 1] {
    case .member(let wanted):
      guard container.isMapping, !container.isMerge, let own = members.last,
        members.count > container.start, ByteOrder.equal(own.key, wanted)
      else { return false }
      // The name's place counts; it was noted when the name was read.
      if !container.awaitsName, memberLines.last == 0, place(isBehind: line, column) {
        found = Place(line: line, column: column)
        memberLines[memberLines.count - 1] = -1
      }
    case .element(let index):
      guard !container.isMapping, elements.count - container.start == index else { return false }
      found = Place(line: line, column: column)
    }
    return true
  }

  private func place(isBehind line: Int, _ column: Int) -> Bool {
    guard let found else { return true }
    return (found.line, found.column) <= (line, column)
  }

  /// The words and the rule for lines of go-yaml's parser.
  private func syntaxFailure() -> Failure {
    let state = parser.pointee
    var line = Int(state.problem_mark.line)
    if line != 0 {
      if state.error == YAML_SCANNER_ERROR { line += 1 }
    } else {
      line = Int(state.context_mark.line)
    }
    let words =
      state.problem.map { String(cString: $0) } ?? "unknown problem parsing YAML content"
    return Failure(
      message: "yaml: " + (line != 0 ? "line \(line): " : "") + words,
      line: Int(state.problem_mark.line) + 1, column: Int(state.problem_mark.column) + 1)
  }
}
