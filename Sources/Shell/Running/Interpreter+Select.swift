extension Interpreter {
  func runSelect(_ name: String, _ words: [Word]?, _ body: [Statement]) async throws {
    guard name.isShellName else {
      await complain("`\(name)': not a valid identifier")
      status = 1
      return
    }
    let choices: [String]
    if let words { choices = try await fields(words) } else { choices = positional }
    status = 0
    guard !choices.isEmpty else { return }
    loopDepth += 1
    defer { loopDepth -= 1 }
    var showsMenu = true
    while true {
      try await host.step()
      try await deliverSignals()
      if showsMenu { await writeError(SelectMenu(choices).text) }
      await writeError(variables["PS3"]?.scalar ?? "#? ")
      let call = BuiltinCall(shell: self, name: "read", arguments: [])
      guard try await Builtin.read.run(call) == 0 else {
        try await call.print("\n")
        status = 1
        return
      }
      let reply = variables["REPLY"]?.scalar ?? ""
      showsMenu = reply.isEmpty
      guard !showsMenu else { continue }
      let number = Int(reply.drop { $0 == " " || $0 == "\t" }) ?? 0
      try assign(name, (1...choices.count).contains(number) ? choices[number - 1] : "")
      guard try await turn(body) else { return }
      showsMenu = (variables["REPLY"]?.scalar ?? "").isEmpty
    }
  }
}

/// The numbered choices of `select`, in columns as bash sets them on a screen of 80.
private struct SelectMenu {
  private(set) var text = ""
  private let width: Int

  init(_ choices: [String]) {
    let digits = String(choices.count).utf8.count
    width = (choices.map(\.count).max() ?? 0) + digits + 4
    let fitting = max(1, 80 / width)
    var rows = (choices.count + fitting - 1) / fitting
    // One row would be harder to read than one column.
    if rows == 1 { rows = choices.count }
    for row in 0..<rows {
      var column = 0
      for index in stride(from: row, to: choices.count, by: rows) {
        let number = String(index + 1)
        // The first column's numbers are only as wide as they need to be.
        let space = (index == row ? String(rows).utf8.count : digits) - number.utf8.count
        let item = String(repeating: " ", count: max(0, space)) + "\(number)) \(choices[index])"
        text += item
        if index + rows < choices.count {
          text += Self.blank(from: column + item.count, to: column + width)
        }
        column += width
      }
      text += "\n"
    }
  }

  /// Tabs and spaces from one place of a line to another.
  private static func blank(from start: Int, to end: Int) -> String {
    var blank = ""
    var place = start
    while place < end {
      if end / 8 > place / 8 {
        blank += "\t"
        place += 8 - place % 8
      } else {
        blank += " "
        place += 1
      }
    }
    return blank
  }
}
