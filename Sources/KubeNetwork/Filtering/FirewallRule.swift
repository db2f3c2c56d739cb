import KubeObjects

/// One rule of ufw's: what is allowed, denied, rejected or limited.
struct FirewallRule: Hashable {
  enum Action: String, CaseIterable { case allow, deny, reject, limit }

  var action = Action.allow
  var isOutgoing = false
  var interface = ""
  /// `tcp`, `udp` or `any`.
  var transport = "any"
  /// An address or block; `any`.
  var destination = "any"
  var source = "any"
  /// `22`, `6000:6007`, `80,443` or `any`.
  var destinationPort = "any"
  var sourcePort = "any"
  var application = ""
  var comment = ""
  var isVersion6 = false

  /// The same rule whatever it does and says.
  func isLike(_ other: FirewallRule) -> Bool {
    var (one, two) = (self, other)
    (one.action, two.action) = (.allow, .allow)
    (one.comment, two.comment) = ("", "")
    return one == two
  }

  // MARK: In ufw's files

  private var anywhere: String { isVersion6 ? "::/0" : "0.0.0.0/0" }

  /// The line by which ufw reads its own files again.
  var tuple: String {
    func address(_ text: String) -> String { text == "any" ? anywhere : text }
    let way = (isOutgoing ? "out" : "in") + (interface.isEmpty ? "" : "_\(interface)")
    let app = application.isEmpty ? "" : " \(application.replacing(" ", with: "%20")) -"
    let digits = Array("0123456789abcdef")
    let hexadecimal = comment.utf8.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
    return "### tuple ### \(action.rawValue) \(transport) \(destinationPort) "
      + "\(address(destination)) \(sourcePort) \(address(source))\(app) \(way)"
      + (comment.isEmpty ? "" : " comment=" + hexadecimal.joined())
  }

  init() {}

  init?(tuple line: some StringProtocol, isVersion6: Bool) {
    let words = String(line).split(separator: " ").dropFirst(3).map(String.init)
    guard words.count >= 7, let action = Action(rawValue: words[0]) else { return nil }
    self.action = action
    self.isVersion6 = isVersion6
    (transport, destinationPort, sourcePort) = (words[1], words[2], words[4])
    destination = words[3].hasSuffix("/0") ? "any" : words[3]
    source = words[5].hasSuffix("/0") ? "any" : words[5]
    var rest = words.dropFirst(6)
    if let last = rest.last, last.hasPrefix("comment=") {
      rest.removeLast()
      let digits = Array(last.utf8.dropFirst(8))
      let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
      }
      comment = String(decoding: bytes, as: UTF8.self)
    }
    guard let way = rest.last else { return nil }
    if rest.count == 3, let name = rest.first {
      application = name.replacing("%20", with: " ")
    }
    isOutgoing = way.hasPrefix("out")
    if let mark = way.firstIndex(of: "_") { interface = String(way[way.index(after: mark)...]) }
  }

  /// The rules of the packet filter that it stands for, as their words after `-A CHAIN`.
  var filterWords: [[String]] {
    var words: [String] = []
    if destination != "any" { words += ["-d", destination] }
    if source != "any" { words += ["-s", source] }
    if !interface.isEmpty { words += [isOutgoing ? "-o" : "-i", interface] }
    let target =
      ["allow": "ACCEPT", "limit": "ACCEPT", "deny": "DROP"][action.rawValue] ?? "REJECT"
    let hasPorts = destinationPort != "any" || sourcePort != "any"
    let transports =
      transport != "any" ? [transport] : hasPorts ? ["tcp", "udp"] : [""]
    return transports.map { name in
      var all = words
      if !name.isEmpty { all += ["-p", name] }
      for (option, port) in [("sport", sourcePort), ("dport", destinationPort)]
      where port != "any" {
        all +=
          port.contains(",") ? ["-m", "multiport", "--\(option)s", port] : ["--\(option)", port]
      }
      return all + ["-j", target]
    }
  }

  // MARK: On the screen

  /// `22/tcp (v6)`, `10.0.0.0/8 80`, `Anywhere on eth0`.
  private func place(_ address: String, _ port: String, isNear: Bool) -> String {
    var port = port
    if isNear, !application.isEmpty {
      port = application
    } else if port != "any", transport != "any" {
      port += "/\(transport)"
    }
    var text = ""
    if address != "any" {
      text = port == "any" ? address : "\(address) \(port)"
      if port == "any", isNear, transport != "any" { text += "/\(transport)" }
    } else {
      text = port == "any" ? "Anywhere" : port
      if port == "any", isNear, transport != "any" { text += "/\(transport)" }
      if isVersion6 { text += " (v6)" }
    }
    if !interface.isEmpty, isNear != isOutgoing { text += " on \(interface)" }
    return text
  }

  /// Its line of `ufw status`; the direction is shown for outgoing rules, and always on request.
  func line(showsDirection: Bool) -> String {
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let way = isOutgoing ? " OUT" : showsDirection ? " IN" : ""
    let end = comment.isEmpty ? "" : " # \(comment)"
    return pad(place(destination, destinationPort, isNear: true), 26) + " "
      + pad(action.rawValue.uppercased() + way, 12)
      + pad(place(source, sourcePort, isNear: false), 26) + end
  }

  /// The command that makes it, without `ufw`.
  var command: String {
    var words = [action.rawValue]
    if isOutgoing || !interface.isEmpty { words.append(isOutgoing ? "out" : "in") }
    if !interface.isEmpty { words += ["on", interface] }
    let isPlain =
      destination == "any" && source == "any" && sourcePort == "any" && interface.isEmpty
    if isPlain, !application.isEmpty {
      words.append(application)
    } else if isPlain, destinationPort != "any" {
      words.append(destinationPort + (transport == "any" ? "" : "/\(transport)"))
    } else {
      if source != "any" || sourcePort != "any" { words += ["from", source] }
      if sourcePort != "any" { words += ["port", sourcePort] }
      if destination != "any" || destinationPort != "any" { words += ["to", destination] }
      if destinationPort != "any" { words += ["port", destinationPort] }
      if transport != "any" { words += ["proto", transport] }
    }
    if !comment.isEmpty { words += ["comment", "'\(comment)'"] }
    return words.joined(separator: " ")
  }
}
