/// Arithmetic on IPv4 addresses.
enum IPv4 {
  static func number(_ text: String) -> UInt32 {
    text.split(separator: ".").reduce(0) { $0 << 8 | UInt32(UInt8($1) ?? 0) }
  }

  static func text(_ number: UInt32) -> String {
    "\(number >> 24).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
  }

  static func mask(_ length: Int) -> UInt32 {
    length <= 0 ? 0 : length >= 32 ? .max : ~(UInt32.max >> UInt32(length))
  }

  static func network(_ address: String, _ length: Int) -> String {
    text(number(address) & mask(length))
  }

  static func broadcast(_ address: String, _ length: Int) -> String {
    text(number(address) | ~mask(length))
  }
}
