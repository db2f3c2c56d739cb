package import Shell

/// A terminal that a program may take Ctrl-C from, as an ssh or kubectl exec in raw mode does.
package protocol ControllingTerminal: OpenFile {
  /// Takes Ctrl-C instead of the processes in front; nil gives it back to them.
  var onInterrupt: (() -> Void)? { get set }
  var size: (columns: Int, rows: Int) { get }
}
