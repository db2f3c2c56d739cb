/// Why the commands that were running do not go on to the next one.
enum Interruption: Error {
  case breakLoop(Int)
  case continueLoop(Int)
  case leaveFunction(ExitStatus)
  case exit(ExitStatus)
  /// An expansion failed: its complaint ends a script, and in a session the line.
  case failed(String)
  /// A complaint that ends the shell itself, or in a session the line.
  case fatal(String)
  /// A builtin gave up in the middle; its complaint has been said.
  case builtinFailed(ExitStatus)
  /// `failed`, already said.
  case abandoned(ExitStatus)
}
