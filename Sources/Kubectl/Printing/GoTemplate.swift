import Documents

/// Go's text/template, as far as people use it with kubectl.
enum GoTemplate {
  static func text(_ template: String, _ object: Value, allowsMissingKeys: Bool) throws -> String {
    throw CommandError.text("drydock: not simulated: go-template")
  }
}
