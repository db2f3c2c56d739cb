/// One application of templates to an object.
package struct TemplateRun {
  package let template: GoTemplate
  private let missing: Missing
  private let limit: Int
  private var bytes: [UInt8] = []
  private var variables: [(name: String, value: Value?)] = []
  /// What an error names: where it is and what stands there.
  private var place: (position: Int, text: String) = (0, "")
  private var name = ""
  private var source = GoTemplate.Source(name: "", text: [])
  private var depth = 0
  package private(set) var steps = 0

  package typealias Failure = GoTemplate.Failure
  /// What a member that a map does not have is: nothing, an error, or a nil of its own.
  package enum Missing { case nothing, failure, zero }
  /// Enough for any list of a cluster, and an end to templates that call themselves.
  package static let maximumSteps = 20_000_000
  private static let maximumDepth = 200

  private enum Leaving { case no, next, end }

  package init(
    _ template: GoTemplate, missing: Missing, steps: Int = 0, limit: Int = maximumSteps
  ) {
    self.template = template
    self.missing = missing
    self.steps = steps
    self.limit = limit
  }

  package var output: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func execute(_ name: String, _ data: Value) throws(Failure) {
    guard let definition = template.definitions[name] else {
      throw Failure(message: "template: no template \(GoText.quote(name))")
    }
    self.name = name
    source = definition.source
    variables = [("$", data)]
    _ = try walk(definition.nodes, data)
  }

  /// The text of another definition, for functions such as Helm's `include`.
  package mutating func text(of called: String, _ data: Value?) throws(Failure) -> String {
    let kept = bytes
    bytes = []
    defer { bytes = kept }
    try enter(called, data)
    return output
  }

  private func fail(_ message: String) -> Failure {
    let before = source.text[..<min(place.position, source.text.count)]
    let line = 1 + before.count { $0 == 0x0A }
    let column = before.count - ((before.lastIndex(of: 0x0A) ?? -1) + 1)
    return Failure(
      message: "template: \(source.name):\(line):\(column): executing \(GoText.quote(name)) at "
        + "<\(place.text)>: \(message)")
  }

  private mutating func spend() throws(Failure) {
    steps += 1
    if steps > limit { throw fail("exceeded maximum template steps") }
  }

  private mutating func walk(
    _ nodes: [TemplateNode], _ dot: Value?
  ) throws(Failure) -> Leaving {
    for node in nodes {
      try spend()
      switch node {
      case .text(let text): bytes += text
      case .action(let pipe):
        let value = try evaluate(pipe, dot)
        if pipe.declares.isEmpty {
          bytes += (value.map { GoFormat.text($0) } ?? "<no value>").utf8
        }
      case .branch(let branch):
        let leaving = try walk(branch, dot)
        if leaving != .no { return leaving }
      case .call(let name, let argument, let position):
        try call(name, argument, position, dot)
      case .leave(let continues): return continues ? .next : .end
      }
    }
    return .no
  }

  private mutating func call(
    _ called: String, _ argument: TemplatePipe?, _ position: Int, _ dot: Value?
  ) throws(Failure) {
    place = (position, "{{template \(GoText.quote(called))}}")
    var given: Value?
    if let argument { given = try evaluate(argument, dot) }
    place = (position, "{{template \(GoText.quote(called))}}")
    try enter(called, given)
  }

  private mutating func enter(_ called: String, _ given: Value?) throws(Failure) {
    guard let definition = template.definitions[called] else {
      throw fail("template \(GoText.quote(called)) not defined")
    }
    guard depth < Self.maximumDepth else {
      throw fail("exceeded maximum template depth (100000)")
    }
    let kept = (variables, name, source, place)
    (variables, name, source) = ([("$", given)], called, definition.source)
    depth += 1
    _ = try walk(definition.nodes, given)
    depth -= 1
    (variables, name, source, place) = kept
  }

  private mutating func walk(
    _ branch: TemplateBranch, _ dot: Value?
  ) throws(Failure) -> Leaving {
    let known = variables.count
    defer { variables.removeSubrange(known...) }
    place = (branch.pipe.position, branch.pipe.text)
    let value = try evaluate(branch.pipe, dot)
    switch branch.kind {
    case .when:
      return try walk(Self.isTrue(value) ? branch.body : branch.otherwise, dot)
    case .with:
      return Self.isTrue(value)
        ? try walk(branch.body, value) : try walk(branch.otherwise, dot)
    case .range:
      return try range(branch, value, dot)
    }
  }

  private mutating func range(
    _ branch: TemplateBranch, _ value: Value?, _ dot: Value?
  ) throws(Failure) -> Leaving {
    let pairs: [(Value, Value)]
    switch value {
    case nil, .null: pairs = []
    case .array(let elements):
      pairs = elements.enumerated().map { (.int(Int64($0.offset)), $0.element) }
    case .object(let members): pairs = members.map { (.string($0.key), $0.value) }
    case .int(let count):
      guard count <= Int64(Self.maximumSteps) else { throw fail("range is too long") }
      pairs = (0..<max(0, count)).map { (.int($0), .int($0)) }
    case let other?: throw fail("range can't iterate over \(GoFormat.text(other))")
    }
    if pairs.isEmpty { return try walk(branch.otherwise, dot) }
    let known = variables.count
    for (key, element) in pairs {
      try spend()
      if branch.pipe.declares.count == 1 {
        set(branch.pipe.declares[0], element, branch.pipe.isAssignment)
      } else if branch.pipe.declares.count == 2 {
        set(branch.pipe.declares[0], key, branch.pipe.isAssignment)
        set(branch.pipe.declares[1], element, branch.pipe.isAssignment)
      }
      let leaving = try walk(branch.body, element)
      variables.removeSubrange(known...)
      if leaving == .end { break }
    }
    return .no
  }

  private mutating func set(_ name: String, _ value: Value?, _ isAssignment: Bool) {
    if isAssignment, let index = variables.lastIndex(where: { $0.name == name }) {
      variables[index].value = value
    } else {
      variables.append((name, value))
    }
  }

  package static func isTrue(_ value: Value?) -> Bool {
    switch value {
    case nil, .null: false
    case .bool(let flag): flag
    case .int(let number): number != 0
    case .double(let number): number != 0
    case .string(let text): !text.isEmpty
    case .array(let elements): !elements.isEmpty
    case .object(let members): !members.isEmpty
    }
  }

  private mutating func evaluate(_ pipe: TemplatePipe, _ dot: Value?) throws(Failure) -> Value? {
    var value: Value?
    for (number, command) in pipe.commands.enumerated() {
      value = try evaluate(command, dot, final: number > 0 ? .some(value) : nil)
      if case .null = value { value = nil }
    }
    // Of a range's variables the elements are the values.
    if pipe.declares.count == 1 { set(pipe.declares[0], value, pipe.isAssignment) }
    return value
  }

  private mutating func evaluate(
    _ command: TemplateCommand, _ dot: Value?, final: Value??
  ) throws(Failure) -> Value? {
    guard let first = command.operands.first else { return nil }
    place = (first.position, first.text)
    if case .function(let name) = first.kind {
      return try apply(name, command, dot, final: final)
    }
    let hasArguments = command.operands.count > 1 || final != nil
    if hasArguments {
      switch first.kind {
      case .field(let names):
        return try method(names, of: dot, command, dot, final: final)
      case .variable(let variable, let names) where !names.isEmpty:
        let receiver = variables.last { $0.name == variable }?.value
        return try method(names, of: receiver, command, dot, final: final)
      case .nothing: throw fail("nil is not a command")
      default: throw fail("can't give argument to non-function \(first.text)")
      }
    }
    if case .nothing = first.kind { throw fail("nil is not a command") }
    return try evaluate(first, dot)
  }

  /// `.Files.Get "x"`; plain data has no methods that could take arguments.
  private mutating func method(
    _ names: [String], of start: Value?, _ command: TemplateCommand, _ dot: Value?, final: Value??
  ) throws(Failure) -> Value? {
    let receiver = try fields(names.dropLast(), of: start)
    var given: [Value?] = []
    for operand in command.operands.dropFirst() { given.append(try evaluate(operand, dot)) }
    if let final { given.append(final) }
    place = (
      command.operands.first?.position ?? command.position, command.operands.first?.text ?? ""
    )
    if let receiver, let name = names.last {
      do throws(Failure) {
        if let made = try template.library.method(name, of: receiver, given) { return made }
      } catch {
        throw fail("error calling \(name): \(error.message)")
      }
    }
    _ = try fields(names, of: start)
    throw fail("\(names.last ?? "") is not a method but has arguments")
  }

  private mutating func apply(
    _ name: String, _ command: TemplateCommand, _ dot: Value?, final: Value??
  ) throws(Failure) -> Value? {
    let operands = command.operands.dropFirst()
    if name == "and" || name == "or" {
      var last: Value?
      var count = 0
      for operand in operands {
        last = try evaluate(operand, dot)
        count += 1
        if Self.isTrue(last) == (name == "or") { return last }
      }
      if let final { return final }
      guard count > 0 else {
        throw fail("wrong number of args for \(name): want at least 1 got 0")
      }
      return last
    }
    var arguments: [Value?] = []
    for operand in operands { arguments.append(try evaluate(operand, dot)) }
    if let final { arguments.append(final) }
    if let problem = TemplateFunctions.arity(name, arguments.count) {
      place = (command.operands[0].position, command.operands[0].text)
      throw fail("wrong number of args for \(name): \(problem)")
    }
    do throws(Failure) {
      if TemplateFunctions.names.contains(name) {
        return try TemplateFunctions.call(name, arguments)
      }
      let made = try template.library.call(name, arguments, &self)
      if template.library.changing.contains(name),
        case .variable(let variable, let names)? = operands.first?.kind, names.isEmpty
      {
        set(variable, made, true)
      }
      return made
    } catch {
      place = (command.position, command.text)
      throw fail("error calling \(name): \(error.message)")
    }
  }

  private mutating func evaluate(
    _ operand: TemplateOperand, _ dot: Value?
  ) throws(Failure) -> Value? {
    try spend()
    place = (operand.position, operand.text)
    switch operand.kind {
    case .dot: return dot
    case .nothing: return nil
    case .literal(let value, _): return value
    case .function(let name):
      let command = TemplateCommand(position: operand.position, operands: [operand])
      return try apply(name, command, dot, final: nil)
    case .field(let names): return try fields(names, of: dot)
    case .variable(let name, let names):
      return try fields(names, of: variables.last { $0.name == name }?.value)
    case .pipe(let pipe, let names):
      let value = try evaluate(pipe, dot)
      place = (operand.position, operand.text)
      if let first = names.first, value == nil {
        throw fail("nil pointer evaluating interface {}.\(first)")
      }
      return try fields(names, of: value)
    }
  }

  private func fields(_ names: some Sequence<String>, of start: Value?) throws(Failure) -> Value? {
    var value = start
    for name in names {
      switch value {
      case nil:
        if missing != .nothing {
          throw fail(
            missing == .zero
              ? "nil pointer evaluating interface {}.\(name)"
              : "nil data; no entry for key \(GoText.quote(name))")
        }
        return nil
      case .null: throw fail("nil pointer evaluating interface {}.\(name)")
      case .object(let members):
        value = members[name]
        if value == nil { value = try template.library.method(name, of: .object(members), []) }
        if value == nil, missing == .failure {
          throw fail("map has no entry for key \(GoText.quote(name))")
        }
        if value == nil, missing == .zero { value = .null }
      default:
        throw fail("can't evaluate field \(name) in type interface {}")
      }
    }
    return value
  }
}
