package import Shell

/// A terminal that a program may take over, as an ssh or kubectl exec in raw mode does.
package protocol ControllingTerminal: OpenFile {
  /// Takes Ctrl-C (SIGINT) and changes of the size (SIGWINCH) instead of the processes in front; nil
  /// gives them back.
  var onSignal: ((Int32) -> Void)? { get set }
  var size: (columns: Int, rows: Int) { get set }
}
