package import KubeCluster
package import LearnerRecord
package import Linux
package import Shell

extension Session {
  /// Whether a running program waits for a line to be typed.
  package var isAwaitingInput: Bool { cluster.shell.isAwaitingInput }
  /// The shell inside a conversation (`kubectl exec -it`, `ssh`) that waits at its prompt; what Tab
  /// offers meanwhile is its own.
  package var promptingShell: (any PromptingShell)? {
    isAwaitingInput ? cluster.shell.promptingShell : nil
  }
  /// Whether what is typed to the running command shows.
  package var showsTyping: Bool { cluster.shell.showsTyping }
  /// Whether `exit` ended the shell.
  package var hasExited: Bool { cluster.shell.hasExited }
  package var exitStatus: ExitStatus { cluster.shell.exitStatus }
  /// Whether the running line only lets time pass, which needs no waiting.
  package var isSkipping: Bool { isRunning && skipsRunning }

  /// The lines typed in earlier runs, oldest first.
  package func pastLines() throws(LogbookError) -> [String] { try book.history() }

  package func remember(_ line: String) throws(LogbookError) { try book.remember(line) }

  /// What a word answers that only shows something: learn, practice, progress.
  package func respond(
    to word: String, _ arguments: [String] = []
  ) throws(LogbookError) -> String {
    try respond(word, arguments).text
  }

  /// Puts the words that need no session on a cluster's workstation.
  package static func install(on cluster: Cluster) {
    cluster.shell.add(SkipProgram())
    let sets = cluster.all.map { cluster -> [any Program] in
      [WhyProgram(cluster: cluster)] + cluster.networkPrograms
    }
    for program in sets.first ?? [] where sets.count == 1 { cluster.shell.add(program) }
    guard sets.count > 1 else { return }
    for name in Set(sets.joined().map(\.name)).sorted() {
      cluster.shell.add(
        ContextWord(
          name: name, cluster: cluster,
          programs: sets.map { set in set.first { $0.name == name } }))
    }
  }
}
