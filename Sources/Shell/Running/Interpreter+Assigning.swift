extension Interpreter {
  /// An assignment whose words have been expanded.
  struct PreparedAssignment {
    enum Value {
      case text(String)
      case list([(index: ArithmeticExpansion?, appends: Bool, values: [String])])
    }
    var name: String
    var index: ArithmeticExpansion?
    var appends: Bool
    var value: Value
  }

  func prepare(_ assignment: Assignment) async throws -> PreparedAssignment {
    var index = assignment.index
    if let found = index { index = try await resolve(found) }
    switch assignment.value {
    case .word(let word):
      let text = try assignedString(word.hasCommands ? try await resolve(word) : word)
      return PreparedAssignment(
        name: assignment.name, index: index, appends: assignment.appends, value: .text(text))
    case .list(let elements):
      var list: [(index: ArithmeticExpansion?, appends: Bool, values: [String])] = []
      for element in elements {
        if let index = element.index {
          let text = try await stringWaiting(element.value)
          list.append((try await resolve(index), element.appends, [text]))
        } else {
          list.append((nil, false, try await fields([element.value])))
        }
      }
      return PreparedAssignment(
        name: assignment.name, index: index, appends: assignment.appends, value: .list(list))
    }
  }

  func apply(_ assignment: PreparedAssignment) throws {
    switch assignment.value {
    case .text(let text):
      if let index = assignment.index {
        try assign(assignment.name, index: index, text, appending: assignment.appends)
      } else {
        try assign(assignment.name, text, appending: assignment.appends)
      }
    case .list(let elements):
      try assign(assignment.name, list: elements, appending: assignment.appends)
    }
  }

  func checkWritable(_ name: String) throws {
    guard let variable = variables[name], variable.attributes.contains(.readonly) else { return }
    throw Interruption.failed(
      dialect.isBash ? "\(name): readonly variable" : "\(name): is read only")
  }

  /// Gives a variable a value, as its attributes want it.
  package func assign(_ name: String, _ value: String, appending: Bool = false) throws {
    let kept = appending ? variables[name]?.scalar?.utf8.count ?? 0 : 0
    guard kept + value.utf8.count <= host.captureLimit else {
      throw HostError.budget("drydock: the value of \(name) exceeds \(host.captureLimit) bytes")
    }
    guard var variable = variables[name] else {
      if try assignDynamic(name, value) { return }
      variables[name] = Variable(
        content: .scalar(value), attributes: options.contains(.allexport) ? .exported : [])
      return
    }
    if variable.attributes.rawValue & ~Variable.Attributes.exported.rawValue == 0, !appending,
      !variable.isArray
    {
      variable.content = .scalar(value)
      if options.contains(.allexport) { variable.attributes.insert(.exported) }
      variables[name] = variable
      if name == "OPTIND" { getoptsPlace = 1 }
      return
    }
    if variable.attributes.contains(.reference) {
      if let target = variable.scalar, target != name {
        if let open = target.firstIndex(of: "["), target.hasSuffix("]") {
          let inner = String(target[target.index(after: open)...].dropLast())
          let index = ArithmeticExpansion(Word([.quoted(inner)]))
          return try assign(String(target[..<open]), index: index, value, appending: appending)
        }
        return try assign(target, value, appending: appending)
      }
    }
    try checkWritable(name)
    switch variable.content {
    case .indexed: return try assign(name, at: 0, value, appending: appending)
    case .associative: return try assign(name, key: "0", value, appending: appending)
    default: break
    }
    variable.content = .scalar(
      try shaped(value, old: variable.scalar, variable.attributes, appending: appending))
    if options.contains(.allexport) { variable.attributes.insert(.exported) }
    variables[name] = variable
  }

  /// RANDOM, SECONDS and their kin take a value without becoming ordinary.
  private func assignDynamic(_ name: String, _ value: String) throws -> Bool {
    guard dialect.isBash else { return false }
    switch name {
    case "RANDOM":
      randomState = UInt32(truncatingIfNeeded: Int(value) ?? 0)
      return true
    case "SECONDS":
      let seconds = Int64(max(-1 << 32, min(1 << 32, Int(value) ?? 0)))
      startTime = host.now - seconds * 1_000_000_000
      return true
    case "LINENO", "PIPESTATUS", "FUNCNAME", "BASHPID", "_", "HISTCMD": return true
    case "UID", "EUID", "PPID", "SHELLOPTS", "BASHOPTS", "BASH_VERSINFO":
      throw Interruption.failed("\(name): readonly variable")
    default: return false
    }
  }

  private func shaped(
    _ value: String, old: String?, _ attributes: Variable.Attributes, appending: Bool
  ) throws -> String {
    if attributes.contains(.integer) {
      let number = try evaluate(text: value)
      try checkInterruption()
      guard appending, let old else { return String(number) }
      return String(try evaluate(text: old) &+ number)
    }
    let text = appending ? (old ?? "") + value : value
    if attributes.contains(.lowercase) {
      return PatternEdit.changingCase(of: text, "L", where: nil)
    }
    if attributes.contains(.uppercase) {
      return PatternEdit.changingCase(of: text, "U", where: nil)
    }
    return text
  }

  /// Assigns to `name` or `name[index]`.
  func assign(reference: String, _ value: String) throws {
    guard let open = reference.firstIndex(of: "[") else { return try assign(reference, value) }
    let inner = String(reference[reference.index(after: open)...].dropLast())
    let index = ArithmeticExpansion(Word([.quoted(inner)]))
    try assign(String(reference[..<open]), index: index, value, appending: false)
  }

  func assign(
    _ name: String, index expression: ArithmeticExpansion, _ value: String, appending: Bool
  ) throws {
    let name = referenced(name)
    if variables[name]?.isAssociative ?? false {
      try assign(name, key: try string(expression.text), value, appending: appending)
      return
    }
    let text = expression.text.unexpandedText
    if text == "@" || text == "*" {
      throw Interruption.failed("\(name)[\(text)]: bad array subscript")
    }
    let index = Int(truncatingIfNeeded: try evaluate(expression))
    try checkInterruption()
    try assign(name, at: index, value, appending: appending, shown: text)
  }

  func assign(
    _ name: String, at index: Int, _ value: String, appending: Bool, shown: String? = nil
  ) throws {
    try checkWritable(name)
    var variable = variables[name] ?? Variable(content: .indexed(IndexedArray()))
    var array: IndexedArray
    switch variable.content {
    case .indexed(let found):
      array = found
      variable.content = .none
    case .scalar(let text): array = IndexedArray([text])
    default: array = IndexedArray()
    }
    let place = index < 0 ? max(0, array.end) + index : index
    guard place >= 0 else {
      throw Interruption.failed("\(name)[\(shown ?? String(index))]: bad array subscript")
    }
    let text = try shaped(value, old: array[place], variable.attributes, appending: appending)
    variables[name] = nil
    array[place] = text
    variable.content = .indexed(array)
    variables[name] = variable
    try checkSize(of: array, name)
  }

  private func checkSize(of array: IndexedArray, _ name: String) throws {
    guard array.size > host.captureLimit else { return }
    throw HostError.budget("drydock: the array \(name) exceeds \(host.captureLimit) bytes")
  }

  func assign(_ name: String, key: String, _ value: String, appending: Bool) throws {
    try checkWritable(name)
    var variable = variables[name] ?? Variable(content: .associative([:]))
    guard case .associative(var elements) = variable.content else { return }
    variable.content = .none
    variables[name] = nil
    associativeOrder += 1
    let old = elements[key]
    elements[key] = AssociativeElement(
      value: (try? shaped(
        value, old: old?.value, variable.attributes, appending: appending)) ?? value,
      order: old?.order ?? associativeOrder)
    let isFull = elements.count > host.captureLimit / 64
    variable.content = .associative(elements)
    variables[name] = variable
    if isFull {
      throw HostError.budget(
        "drydock: the array \(name) exceeds \(host.captureLimit / 64) elements")
    }
  }

  func assign(
    _ name: String, list: [(index: ArithmeticExpansion?, appends: Bool, values: [String])],
    appending: Bool
  ) throws {
    let name = referenced(name)
    try checkWritable(name)
    var old = variables[name]
    var attributes = old?.attributes ?? []
    if options.contains(.allexport) { attributes.insert(.exported) }
    if old?.isAssociative ?? false {
      try assignAssociative(name, list, appending: appending)
      return
    }
    var array = IndexedArray()
    if appending {
      switch old?.content {
      case .indexed(let found):
        array = found
        // So that the elements are not copied, where nothing can go wrong any more.
        if attributes.isSubset(of: .exported), list.allSatisfy({ $0.index == nil }) {
          old?.content = .none
          variables[name]?.content = .none
        }
      case .scalar(let text): array = IndexedArray([text])
      default: break
      }
    }
    var next = array.end
    for element in list {
      if let index = element.index {
        next = Int(truncatingIfNeeded: try evaluate(index))
        if next < 0 { next += max(0, array.end) }
        guard next >= 0 else {
          throw Interruption.failed("[\(index.text.unexpandedText)]: bad array subscript")
        }
      }
      for value in element.values {
        guard next >= 0 else { throw Interruption.failed("\(name): bad array subscript") }
        array[next] = try shaped(
          value, old: array[next], attributes, appending: element.appends)
        next &+= 1
      }
    }
    variables[name] = Variable(content: .indexed(array), attributes: attributes)
    try checkSize(of: array, name)
  }

  private func assignAssociative(
    _ name: String, _ list: [(index: ArithmeticExpansion?, appends: Bool, values: [String])],
    appending: Bool
  ) throws {
    if !appending { variables[name]?.content = .associative([:]) }
    var pendingKey: String?
    for element in list {
      if let index = element.index {
        let key = try string(index.text)
        try assign(name, key: key, element.values.first ?? "", appending: element.appends)
      } else {
        // Without brackets, keys and values take turns (bash 5.1).
        for value in element.values {
          if let key = pendingKey {
            try assign(name, key: key, value, appending: false)
            pendingKey = nil
          } else {
            pendingKey = value
          }
        }
      }
    }
    if let key = pendingKey { try assign(name, key: key, "", appending: false) }
  }
}
