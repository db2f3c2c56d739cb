package import Documents

/// A process that tells of its own health, so that nobody need ask it every second.
package protocol HealthTelling: ContainerProcess {
  /// What a probe of its container gets to hear now: nil for success, or the failure's words.
  func answer(to probe: Value, port: Int) -> String?
  /// Called when an answer may have changed.
  var onHealthChange: (() -> Void)? { get set }
}
