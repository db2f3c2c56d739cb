package import Simulation

/// The seconds that objects tell: all that is written in one of them shares its text.
package struct Stamp {
  private var second: Int64?
  private var text = ""

  package init() {}

  /// As metav1.Time is written.
  package mutating func text(of moment: Moment) -> String {
    if second != moment.seconds {
      second = moment.seconds
      text = moment.rfc3339
    }
    return text
  }
}
