extension Builtin {
  static let declare = Builtin("declare") { try await $0.declare($0.arguments.map { .text($0) }) }
  static let typeset = Builtin("typeset") { try await $0.declare($0.arguments.map { .text($0) }) }
  static let local = Builtin("local") { try await $0.declare($0.arguments.map { .text($0) }) }
  static let export = Builtin("export", isSpecial: true) {
    try await $0.declare($0.arguments.map { .text($0) })
  }
  static let readonly = Builtin("readonly", isSpecial: true) {
    try await $0.declare($0.arguments.map { .text($0) })
  }
}

/// An argument of `declare` and its kin: a word, or an assignment that the parser saw.
enum DeclaredArgument {
  case text(String)
  case assignment(Interpreter.PreparedAssignment)
}

extension Interpreter {
  /// Runs `declare`, `local`, `export` and `readonly`, whose assignments do not split.
  func runDeclaration(_ command: SimpleCommand, _ redirections: [Redirection]) async throws {
    var arguments: [DeclaredArgument] = []
    var shown: [String] = []
    for word in command.words {
      if let assignment = word.assignment {
        let prepared = try await prepare(assignment)
        arguments.append(.assignment(prepared))
        if case .text(let text) = prepared.value { shown.append("\(prepared.name)=\(text)") }
      } else {
        let texts = try await fields([word])
        arguments += texts.map { .text($0) }
        shown += texts
      }
    }
    for assignment in command.assignments {
      let prepared = try await prepare(assignment)
      try apply(prepared)
    }
    if options.contains(.xtrace) { await trace(shown) }
    guard let saved = try await redirect(redirections) else {
      status = 1
      return
    }
    let call = BuiltinCall(shell: self, name: command.literalName ?? "declare", arguments: shown)
    do {
      status = try await call.declare(Array(arguments.dropFirst()))
    } catch {
      restore(saved)
      throw error
    }
    restore(saved)
    if !queuedComplaints.isEmpty { await flushComplaints() }
  }
}

extension BuiltinCall {
  private struct Request {
    var on: Variable.Attributes = []
    var off: Variable.Attributes = []
    var makesIndexed = false
    var makesAssociative = false
    var global = false
    var prints = false
    var functions = false
    var functionNames = false
    var negatesExport = false
  }

  func declare(_ arguments: [DeclaredArgument]) async throws -> ExitStatus {
    if name == "local", shell.variables.depth == 0 {
      await complain(
        shell.dialect.isBash ? "can only be used in a function" : "not in a function")
      if !shell.dialect.isBash { throw Interruption.exit(2) }
      return 1
    }
    var request = Request()
    if name == "export" { request.on.insert(.exported) }
    if name == "readonly" { request.on.insert(.readonly) }
    var rest = arguments[...]
    while case .text(let text)? = rest.first, text.utf8.count > 1,
      text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+")
    {
      rest.removeFirst()
      if text == "--" { break }
      if let bad = read(text, into: &request) {
        return await refuse(option: bad, usage: usage)
      }
    }
    if request.functions { return try await showFunctions(rest, request) }
    if rest.isEmpty || request.prints { return try await show(rest, request) }
    var result: ExitStatus = 0
    for argument in rest where try await !declare(argument, request) { result = 1 }
    return result
  }

  private var usage: String {
    switch name {
    case "export": "export [-fn] [name[=value] ...] or export -p"
    case "readonly": "readonly [-aAf] [name[=value] ...] or readonly -p"
    case "local": "local [option] name[=value] ..."
    default: "\(name) [-aAfFgiIlnrtux] [name[=value] ...] or \(name) -p [-aAfFilnrtux] [name ...]"
    }
  }

  private func read(_ text: String, into request: inout Request) -> String? {
    let isOn = text.utf8.first == UInt8(ascii: "-")
    for letter in text.dropFirst() {
      var attribute: Variable.Attributes?
      switch letter {
      case "a": request.makesIndexed = isOn
      case "A": request.makesAssociative = isOn
      case "g": request.global = true
      case "p": request.prints = true
      case "f": request.functions = true
      case "F":
        request.functions = true
        request.functionNames = true
      case "i": attribute = .integer
      case "r": attribute = .readonly
      case "x": attribute = .exported
      case "l": attribute = .lowercase
      case "u": attribute = .uppercase
      case "n" where name == "export":
        request.negatesExport = true
        request.on.remove(.exported)
        request.off.insert(.exported)
      case "n": attribute = .reference
      case "I", "t": break
      default: return String(text.prefix(1)) + String(letter)
      }
      if let attribute {
        if isOn { request.on.insert(attribute) } else { request.off.insert(attribute) }
      }
    }
    return nil
  }

  private func declare(_ argument: DeclaredArgument, _ request: Request) async throws -> Bool {
    var assignment: Interpreter.PreparedAssignment?
    var target: String
    switch argument {
    case .assignment(let prepared):
      assignment = prepared
      target = prepared.name
    case .text(let text):
      target = text
      if let equals = text.firstIndex(of: "=") {
        var head = text[..<equals]
        let appends = head.last == "+"
        if appends { head = head.dropLast() }
        target = String(head)
        assignment = Interpreter.PreparedAssignment(
          name: target, index: nil, appends: appends,
          value: .text(String(text[text.index(after: equals)...])))
      }
      if let open = target.firstIndex(of: "["), target.hasSuffix("]") {
        target = String(target[..<open])
        assignment?.name = target
      }
      guard target.isShellName else {
        await complain(
          shell.dialect.isBash
            ? "`\(text)': not a valid identifier" : "\(target): bad variable name")
        if !shell.dialect.isBash { throw Interruption.exit(2) }
        return false
      }
    }
    do {
      try declare(target, assignment, request)
      return true
    } catch Interruption.failed(let text) where shell.dialect.isBash {
      await complain(text)
      return false
    }
  }

  private func declare(
    _ target: String, _ assignment: Interpreter.PreparedAssignment?, _ request: Request
  ) throws {
    let isLocal =
      name == "local"
      || (name == "declare" || name == "typeset") && shell.variables.depth > 0 && !request.global
    if isLocal, shell.variables.makeLocal(target) {
      // What is read-only outside stays so; all else starts anew.
      if let outer = shell.variables[target], outer.attributes.contains(.readonly) {
        throw Interruption.failed("\(target): readonly variable")
      }
      let keeps = !shell.dialect.isBash
      if !keeps { shell.variables[target] = nil }
    }
    var variable = shell.variables[target] ?? Variable(content: .none)
    if variable.attributes.contains(.readonly),
      assignment != nil || request.off.contains(.readonly)
    {
      throw Interruption.failed("\(target): readonly variable")
    }
    if request.makesAssociative, !variable.isAssociative { variable.content = .associative([:]) }
    if request.makesIndexed, !variable.isArray {
      variable.content = .indexed(IndexedArray(variable.scalar.map { [$0] } ?? []))
    }
    if case .list? = assignment?.value, case .none = variable.content {
      variable.content = .indexed(IndexedArray())
    }
    let late: Variable.Attributes = [.readonly, .reference]
    variable.attributes.formUnion(request.on.subtracting(late))
    variable.attributes.subtract(request.off)
    if request.on.contains(.lowercase) { variable.attributes.remove(.uppercase) }
    if request.on.contains(.uppercase) { variable.attributes.remove(.lowercase) }
    shell.variables[target] = variable
    if let assignment { try shell.apply(assignment) }
    shell.variables[target]?.attributes.formUnion(request.on.intersection(late))
  }

  // MARK: Listing

  private func show(_ arguments: ArraySlice<DeclaredArgument>, _ request: Request) async throws
    -> ExitStatus
  {
    var output = ""
    var result: ExitStatus = 0
    if arguments.isEmpty {
      if name == "declare" || name == "typeset", !request.prints, request.on.isEmpty,
        !request.makesIndexed, !request.makesAssociative
      {
        try await print(shell.settings)
        return 0
      }
      for name in shell.variables.names {
        guard let variable = shell.variables[name] else { continue }
        if self.name == "local", !shell.variables.isLocal(name) { continue }
        if request.makesIndexed && !variable.isIndexed { continue }
        if request.makesAssociative && !variable.isAssociative { continue }
        if !variable.attributes.isSuperset(of: request.on) { continue }
        output += shell.declaration(of: name, variable, as: self.name)
      }
    }
    for case .text(let name) in arguments {
      guard let variable = shell.variables[name] else {
        await complain("\(name): not found")
        result = 1
        continue
      }
      output += shell.declaration(of: name, variable, as: self.name)
    }
    try await print(output)
    return result
  }

  private func showFunctions(_ arguments: ArraySlice<DeclaredArgument>, _ request: Request)
    async throws -> ExitStatus
  {
    var names: [String] = []
    for case .text(let name) in arguments { names.append(name) }
    if name == "export" || name == "readonly" { return 0 }
    var result: ExitStatus = 0
    var output = ""
    for name in names.isEmpty ? shell.functions.keys.sorted() : names {
      guard let body = shell.functions[name] else {
        result = 1
        continue
      }
      if request.functionNames {
        output += names.isEmpty ? "declare -f \(name)\n" : "\(name)\n"
      } else {
        output += FunctionPrinter.text(of: name, body)
      }
    }
    try await print(output)
    return result
  }
}

extension Interpreter {
  /// `declare -x name="value"`, or `export name='value'` in a plain sh.
  func declaration(of name: String, _ variable: Variable, as command: String) -> String {
    guard dialect.isBash else {
      let value = variable.scalar.map { "=" + ShellQuoting.single($0) } ?? ""
      return "\(command) \(name)\(value)\n"
    }
    let flags = Interpreter.flags(of: variable)
    let head = "declare -\(flags.isEmpty ? "-" : flags) \(name)"
    switch variable.content {
    case .none: return head + "\n"
    case .scalar(let text): return "\(head)=\(ShellQuoting.double(text))\n"
    case .indexed:
      let elements = variable.elements.map { "[\($0.key)]=\(ShellQuoting.double($0.value))" }
      return "\(head)=(\(elements.joined(separator: " ")))\n"
    case .associative:
      let elements = variable.elements.map { element in
        let isPlain = element.key.utf8.allSatisfy(\.isNameByte)
        let key = isPlain ? element.key : ShellQuoting.double(element.key)
        return "[\(key)]=\(ShellQuoting.double(element.value)) "
      }
      return "\(head)=(\(elements.joined()))\n"
    }
  }

  /// What `set` without arguments lists.
  var settings: String {
    var output = ""
    for name in variables.names {
      guard let variable = variables[name] else { continue }
      switch variable.content {
      case .none: continue
      case .scalar(let text):
        output +=
          "\(name)=\(dialect.isBash ? text.isEmpty ? "" : ShellQuoting.whenNeeded(text) : ShellQuoting.single(text))\n"
      default:
        let line = declaration(of: name, variable, as: "declare")
        output += String(line[(line.firstIndex(of: "(") ?? line.startIndex)...]).prefixed(
          "\(name)=")
      }
    }
    if dialect.isBash {
      for name in functions.keys.sorted() {
        if let body = functions[name] { output += FunctionPrinter.text(of: name, body) }
      }
    }
    return output
  }
}

extension String {
  fileprivate func prefixed(_ prefix: String) -> String { prefix + self }
}
