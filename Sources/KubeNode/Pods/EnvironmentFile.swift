/// A file of variables that another container of the Pod wrote into a volume (EnvFiles): lines
/// `NAME='value'`, as a shell would read them, and comments.
enum EnvironmentFile {
  struct Malformed: Error {}

  /// The value of a name; nil: it is not there. What follows it is not looked at.
  static func value(of key: String, in bytes: [UInt8]) throws(Malformed) -> String? {
    var rest = bytes[...]
    func skip(_ isSkipped: (UInt8) -> Bool) { rest = rest.drop(while: isSkipped) }
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    while true {
      skip { isBlank($0) || $0 == 0x0A }
      guard let first = rest.first else { return nil }
      if first == UInt8(ascii: "#") {
        skip { $0 != 0x0A }
        continue
      }
      let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != 0x0A }
      rest = rest.dropFirst(name.count)
      let words = name.split(whereSeparator: isBlank)
      guard rest.first == UInt8(ascii: "="), words.count == 1 else { throw Malformed() }
      rest = rest.dropFirst()
      skip(isBlank)
      guard rest.first == UInt8(ascii: "'") else { throw Malformed() }
      rest = rest.dropFirst()
      let value = rest.prefix { $0 != UInt8(ascii: "'") }
      rest = rest.dropFirst(value.count)
      guard !rest.isEmpty else { throw Malformed() }
      rest = rest.dropFirst()
      skip(isBlank)
      guard rest.first.map({ $0 == 0x0A }) ?? true else { throw Malformed() }
      if words.first.map({ String(decoding: $0, as: UTF8.self) }) == key {
        return String(decoding: value, as: UTF8.self)
      }
    }
  }
}
