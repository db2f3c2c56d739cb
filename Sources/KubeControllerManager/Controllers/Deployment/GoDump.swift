import Documents

/// Values as Go's spew library prints them: what upstream hashes.
enum GoDump {
  static func write(_ value: Value, as type: String, _ out: (String) -> Void) {
    out("(\(type))\(value)")
  }
}
