import Documents
import KubeObjects
import Linux
import Shell
import Simulation

/// A controller's lines on its standard error, as klog writes them.
struct ControllerLog {
  private let machine: Machine
  private let output: any OpenFile
  private let isSilent: Bool
  private let thread: Int

  init(_ process: Process, thread: Int = 7, isSilent: Bool = false) {
    self.thread = thread
    self.isSilent = isSilent
    machine = process.machine
    output = process.standardError
  }

  func info(_ place: String, _ text: String) { write("I", place, text) }
  func warning(_ place: String, _ text: String) { write("W", place, text) }

  func write(_ level: String, _ place: String, _ text: String) {
    if isSilent { return }
    let line = line(level, place, text)
    let output = output
    machine.timeline.fibers.start { try? await output.write(Array(line.utf8)) }
  }

  func line(_ level: String, _ place: String, _ text: String) -> String {
    let calendar = Calendar(machine.now)
    let digits = "\(calendar.nanosecond / 1000)"
    let fraction = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    return
      "\(level)\(calendar.formatted("%m%d %H:%M:%S")).\(fraction)       \(thread) \(place)] \(text)\n"
  }

  /// How client-go prints an event that it records.
  func event(_ object: Value, _ reason: String, _ message: String) {
    info(
      "event.go:377",
      "Event(v1.ObjectReference{Kind:\"\(object.kind)\", Namespace:\"\(object.namespace)\", "
        + "Name:\"\(object.name)\", UID:\"\(object.uid)\", APIVersion:\"\(object.apiVersion)\", "
        + "ResourceVersion:\"\(object.resourceVersion)\", FieldPath:\"\"}): type: 'Normal' "
        + "reason: '\(reason)' \(message)")
  }
}
