import Shell

/// A unit as its file and drop-ins describe it: sections of keys, a key given twice adds to the
/// first and an empty value forgets what stood before.
package struct UnitFile: Hashable, Sendable {
  package let name: String
  /// The file itself, then its drop-ins, in the order in which they are read.
  package private(set) var paths: [String] = []
  /// The texts of those files.
  package private(set) var texts: [String] = []
  private var values: [String: [String]] = [:]

  static let folders = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system"]

  /// nil when no folder has a file of that name.
  package init?(_ name: String, in files: MountNamespace) {
    self.name = name
    guard
      let path = Self.folders.map({ "\($0)/\(name)" }).first(where: {
        files.status($0)?.kind == .file || files.status($0)?.kind == .characterDevice
      })
    else { return nil }
    var dropIns: [String: String] = [:]
    for folder in Self.folders.reversed() {
      for file in (try? files.names(in: "\(folder)/\(name).d")) ?? [] where file.hasSuffix(".conf")
      {
        dropIns[file] = "\(folder)/\(name).d/\(file)"
      }
    }
    paths = [path] + dropIns.sorted { $0.key < $1.key }.map(\.value)
    for path in paths {
      let text = files.text(path) ?? ""
      texts.append(text)
      read(text)
    }
  }

  private mutating func read(_ text: String) {
    var section = ""
    var joined = ""
    for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = joined + raw
      joined = ""
      if line.hasSuffix("\\") {
        joined = String(line.dropLast()) + " "
        continue
      }
      let plain = Self.trimmed(line)
      guard let first = plain.first, first != "#", first != ";" else { continue }
      if first == "[", plain.hasSuffix("]") {
        section = String(plain.dropFirst().dropLast())
        continue
      }
      guard let equals = plain.firstIndex(of: "=") else { continue }
      let key = "\(section).\(Self.trimmed(plain[..<equals]))"
      let value = Self.trimmed(plain[plain.index(after: equals)...])
      if value.isEmpty { values[key] = nil } else { values[key, default: []].append(value) }
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    var part = text[...].drop { $0 == " " || $0 == "\t" || $0 == "\r" }
    while let last = part.last, last == " " || last == "\t" || last == "\r" { part.removeLast() }
    return String(part)
  }

  package func all(_ section: String, _ key: String) -> [String] {
    values["\(section).\(key)"] ?? []
  }
  package subscript(_ section: String, _ key: String) -> String? { all(section, key).last }

  package var description: String { self["Unit", "Description"] ?? name }
  /// As systemd names a unit in its messages.
  var title: String { description == name ? name : "\(name) - \(description)" }
  /// A link to /dev/null.
  var isMasked: Bool { texts.first == "" && paths.first?.hasPrefix("/etc/") == true }

  /// The words of a command line: quotes group, backslashes keep.
  static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isOpen = false
    var quote: Character?
    var escaped = false
    for character in line {
      if escaped {
        word.append(character)
        escaped = false
      } else if character == "\\" {
        escaped = true
        isOpen = true
      } else if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        isOpen = true
      } else if character == " " || character == "\t" {
        if isOpen { words.append(word) }
        (word, isOpen) = ("", false)
      } else {
        word.append(character)
        isOpen = true
      }
    }
    if isOpen { words.append(word) }
    return words
  }

  /// Environment= and EnvironmentFile=, later ones first to be believed.
  func environment(_ files: MountNamespace) throws(MissingFile) -> [String: String] {
    var found: [String: String] = [:]
    for line in all("Service", "Environment") {
      for word in Self.words(line) { Self.assign(word, &found) }
    }
    for path in all("Service", "EnvironmentFile") {
      let isOptional = path.hasPrefix("-")
      let plain = isOptional ? String(path.dropFirst()) : path
      guard let text = files.text(plain) else {
        if isOptional { continue }
        throw MissingFile(path: plain)
      }
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        guard let equals = line.firstIndex(of: "=") else { continue }
        let value = Self.words(String(line[line.index(after: equals)...])).joined(separator: " ")
        found[Self.trimmed(line[..<equals])] = value
      }
    }
    return found
  }

  struct MissingFile: Error { let path: String }

  private static func assign(_ word: String, _ found: inout [String: String]) {
    guard let equals = word.firstIndex(of: "=") else { return }
    found[String(word[..<equals])] = String(word[word.index(after: equals)...])
  }

  /// The words of ExecStart with `$NAME` and `${NAME}` replaced, as systemd does it.
  func command(_ environment: [String: String]) -> [String] {
    guard let line = self["Service", "ExecStart"] else { return [] }
    return Self.words(String(line.drop { "@-:+!".contains($0) })).flatMap { word -> [String] in
      if word.hasPrefix("${"), word.hasSuffix("}") {
        return [environment[String(word.dropFirst(2).dropLast())] ?? ""]
      }
      if word.hasPrefix("$"),
        word.dropFirst().allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
      {
        return Self.words(environment[String(word.dropFirst())] ?? "")
      }
      return [word]
    }
  }
}
