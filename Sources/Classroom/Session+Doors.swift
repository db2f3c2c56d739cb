package import KubeCluster
package import LearnerRecord
package import Shell

extension Session {
  /// Whether a running program waits for a line to be typed.
  package var isAwaitingInput: Bool { cluster.shell.isAwaitingInput }
  /// Whether `exit` ended the shell.
  package var hasExited: Bool { cluster.shell.hasExited }
  package var exitStatus: ExitStatus { cluster.shell.exitStatus }
  /// Whether the running line only lets time pass, which needs no waiting.
  package var isSkipping: Bool { isRunning && skipsRunning }

  /// The lines typed in earlier runs, oldest first.
  package func pastLines() throws(LogbookError) -> [String] { try book.history() }

  package func remember(_ line: String) throws(LogbookError) { try book.remember(line) }

  /// What a word answers that only shows something: learn, practice, progress.
  package func respond(to word: String) throws(LogbookError) -> String {
    try respond(word, []).text
  }

  /// Puts the words that need no session on a cluster's workstation.
  package static func install(on cluster: Cluster) {
    cluster.shell.add(SkipProgram())
    cluster.shell.add(
      WhyProgram(
        server: cluster.server, lines: { [weak cluster] in cluster?.shell.recentLines ?? [] }
      ) { [weak cluster] in cluster?.placement(of: $0) })
    for program in cluster.networkPrograms { cluster.shell.add(program) }
  }
}
