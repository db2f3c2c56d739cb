import ArgumentParser
import Glibc

/// The command `drydock`: opens the doors of the house.
@main
struct Drydock: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "drydock",
    abstract: "Practise Kubernetes in a simulated cluster, in your terminal.",
    discussion: """
      Without a command it opens a shell beside your cluster, where you left it. Type help there.

      Examples:
        drydock                                   open your cluster
        drydock learn services                    open it in a lesson
        drydock practice                          list the exercises
        drydock check expose-web -f service.yaml  mark files without a terminal
        drydock shell -c 'kubectl get nodes'      run a line on a fresh cluster
      """,
    version: "drydock \(version) (Kubernetes 1.36)",
    subcommands: [
      OpenCommand.self, LearnCommand.self, PracticeCommand.self, ExamCommand.self,
      ReviewCommand.self, CheckCommand.self, ProgressCommand.self, ShellCommand.self,
      ServeCommand.self, PackCommand.self, SubmitCommand.self, GradeCommand.self,
      ProveCommand.self, DoctorCommand.self, ExportCommand.self,
      ImportCommand.self, CompletionCommand.self,
    ],
    defaultSubcommand: OpenCommand.self)

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(error)
    }
  }

  /// 0 done, 1 a failed check or command, 2 wrong usage, 3 damaged input.
  private static func end(_ error: any Error) -> Never {
    if let failure = error as? Failure {
      if !failure.message.isEmpty { Output.complain(failure.message) }
      Glibc.exit(failure.status)
    }
    let code = exitCode(for: error)
    let message = fullMessage(for: error)
    if code == .success {
      Output.write(message + "\n")
      Glibc.exit(0)
    }
    Output.write(message + "\n", toError: true)
    Glibc.exit(code == .validationFailure ? 2 : 1)
  }
}

/// An end that is not success, with what the user is told.
struct Failure: Error {
  var status: Int32
  var message: String

  init(_ status: Int32, _ message: String = "") {
    self.status = status
    self.message = message
  }
}
