import Documents

/// JSONPath templates, as `-o jsonpath`, `--sort-by` and custom columns use them.
enum JSONPathText {
  struct Path {
    let text: String
    private let steps: [String]

    init(relaxed: String) throws {
      var body = relaxed
      if body.hasPrefix("{"), body.hasSuffix("}") { body = String(body.dropFirst().dropLast()) }
      if !body.hasPrefix(".") { body = "." + body }
      text = "{\(body)}"
      steps = body.split(separator: ".").map(String.init)
    }

    func all(in object: Value) -> [Value] { object.at(steps).map { [$0] } ?? [] }
    func first(in object: Value) -> Value? { all(in: object).first }
  }

  static func text(_ template: String, _ object: Value, allowsMissingKeys: Bool) throws -> String {
    throw CommandError.text("drydock: not simulated: jsonpath")
  }

  static func json(_ template: String, _ object: Value, allowsMissingKeys: Bool) throws -> String {
    throw CommandError.text("drydock: not simulated: jsonpath")
  }
}
