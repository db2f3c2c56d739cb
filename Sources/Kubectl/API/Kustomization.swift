import Documents

/// Builds the objects of a kustomization directory.
enum Kustomization {
  static func build(_ path: String, _ call: Invocation) async throws -> [Value] {
    throw CommandError.text("drydock: not simulated: kustomize")
  }
}
