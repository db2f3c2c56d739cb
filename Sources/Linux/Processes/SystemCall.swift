import Shell

/// Something that a process asked its kernel for, as those see it who watch a machine.
package struct SystemCall {
  package enum Kind: Sendable { case execute, openToRead, openToWrite }

  package let kind: Kind
  package let process: Process
  /// The absolute path of the program or file.
  package let path: String
}

extension Machine {
  /// Tells those who watch this machine, or the one that it is a container of.
  func tell(_ kind: SystemCall.Kind, _ process: Process, _ path: String) {
    guard let witness = (host ?? self).witness else { return }
    witness(SystemCall(kind: kind, process: process, path: process.absolute(path)))
  }

  func tell(opened path: String, _ mode: OpenMode, _ process: Process) {
    tell(mode == .read ? .openToRead : .openToWrite, process, path)
  }
}
