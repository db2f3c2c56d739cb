import Documents

/// kubectl certificate approve and deny.
enum CertificateCommand {
  static let specification = CommandSpecification(
    name: "certificate", usage: "certificate SUBCOMMAND", summary: "Modify certificate resources",
    about: "Modify certificate resources.",
    subcommands: [
      subcommand("approve", "Approve a certificate signing request", "Approved"),
      subcommand("deny", "Deny a certificate signing request", "Denied"),
    ], helpsStrangers: true)

  private static func subcommand(_ name: String, _ summary: String, _ type: String)
    -> CommandSpecification
  {
    CommandSpecification(
      name: name, usage: "\(name) (-f FILENAME | NAME)", summary: summary, about: summary + ".",
      examples: [("One request", "kubectl certificate \(name) ann")],
      flags: .printing + .filename + Flag.list("force:bool"),
      run: { try await run($0, type, name) })
  }

  private static func run(_ call: Invocation, _ type: String, _ verb: String) async throws {
    guard !call.arguments.isEmpty || !call.values.strings("filename").isEmpty else {
      throw CommandError.text("one or more CSRs must be specified as <name> or -f <filename>")
    }
    let printer = try await ResultPrinter(call, operation: type.lowercased())
    var selection = Selection(call)
    selection.namedType = "certificatesigningrequests"
    selection.isLatest = true
    let findings = try await selection.find(call)
    for info in findings.flattened {
      var object = info.object
      var conditions = object[path: "status", "conditions"]?.array ?? []
      let opposite = type == "Approved" ? "Denied" : "Approved"
      if conditions.contains(where: { $0["type"]?.string == opposite }) {
        throw CommandError.text(
          "certificate signing request \(Go.quoted(info.name)) is already \(opposite)")
      }
      let isThere = conditions.contains { $0["type"]?.string == type }
      if !isThere || call.values.bool("force") {
        let now = Value.string(ClockText.rfc3339(call.now))
        conditions.removeAll { $0["type"]?.string == type }
        conditions.append([
          "lastUpdateTime": now, "lastTransitionTime": .null,
          "message": .string("This CSR was \(type.lowercased()) by kubectl certificate \(verb)."),
          "reason": .string("Kubectl\(type == "Approved" ? "Approve" : "Deny")"),
          "status": "True", "type": .string(type),
        ])
        object[path: "status", "conditions"] = .array(conditions)
        _ = try await call.client().send("PUT", info.path("approval"), body: object)
      }
      try printer.print(info)
    }
    try findings.check()
  }
}
