import Documents
import Linux

/// The short names that kubectl and kustomize make of SHA-256.
enum ShortHash {
  /// Ten letters of the hash of an object's content, as `--append-hash` adds them.
  static func suffix(of value: Value) -> String {
    let hex = hexadecimal(Array(JSONText.marshal(value).utf8))
    let letters: [Character: Character] = ["0": "g", "1": "h", "3": "k", "a": "m", "e": "t"]
    return String(hex.prefix(10).map { letters[$0] ?? $0 })
  }

  /// Letters that Kubernetes uses for generated names, chosen by a text.
  static func letters(of text: String, count: Int) -> String {
    let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    return String(
      digest(Array(text.utf8)).prefix(count).map { alphabet[Int($0) % alphabet.count] })
  }

  /// Ten digits, as temporary files are numbered.
  static func number(of text: String) -> String {
    String(digest(Array(text.utf8)).prefix(10).map { Character("\($0 % 9 + 1)") })
  }

  static func hexadecimal(_ bytes: [UInt8]) -> String { Checksum.sha256.hex(bytes) }

  static func digest(_ message: [UInt8]) -> [UInt8] { Checksum.sha256.digest(message) }
}
