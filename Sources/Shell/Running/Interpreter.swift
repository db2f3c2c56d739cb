/// A running shell: its variables, functions, options, directory and open files.
package final class Interpreter {
  /// How the commands reach the shell, which decides the form of its complaints.
  package enum Source: Sendable {
    case session
    /// `sh -c …`.
    case commandString
    case script
  }

  package internal(set) var host: any ShellHost
  package let dialect: Dialect
  package internal(set) var source: Source
  /// `$0`.
  package internal(set) var name: String
  package var positional: [String]
  var variables = Variables()
  package var variableNames: [String] { variables.names }
  /// What a program started now would be given.
  package var environment: [String: String] { variables.exported }
  package internal(set) var functions: [String: FunctionBody] = [:]
  package var aliases: [String: String] = [:]
  package var options: ShellOptions
  var shopt: Set<String> = ["expand_aliases_default", "sourcepath", "cmdhist", "checkwinsize"]
  package internal(set) var directory: String
  /// The open descriptors; the shell owns one reference of each.
  package internal(set) var files: [Int: any OpenFile]
  package var builtins: [String: Builtin]
  /// `$?`.
  package internal(set) var status: ExitStatus = 0
  /// Set once `exit` was run.
  package internal(set) var exitStatus: ExitStatus?
  package var history = History()
  /// Whether it was started as a login shell (`-l`).
  package var isLogin = false

  var line = 1
  var pipeStatuses: [ExitStatus] = []
  var substitutionStatus: ExitStatus = 0
  var jobs = JobTable()
  /// The jobs of the shell that this one is a part of: `jobs` tells of them in pipelines and in `$( )`.
  var inheritedJobs = JobTable()
  var traps: [TrapCondition: String] = [:]
  var trapDepth = 0
  /// How deep we are in places whose failures do not count for `set -e`.
  var toleratedFailures = 0
  /// The next command is all that this forked shell is for: a program takes the shell's place, so
  /// that its process id is the one that the parent knows.
  var endsWithCommand = false
  var loopDepth = 0
  var callStack: [String] = []
  var sourceDepth = 0
  var substitutionDepth = 0
  var directoryStack: [String] = []
  var patterns: [String: GlobPattern] = [:]
  var pendingInterruption: (any Error)?
  var queuedComplaints = ""
  var substitutedFiles: [Int] = []
  var coprocesses: [Coprocess] = []
  var getoptsPlace = 1
  var associativeOrder = 0
  var startTime: Int64
  var randomState: UInt32?
  var lastArgument = ""
  var limits: [Character: String] = [:]

  static let functionDepthLimit = 1000
  static let substitutionDepthLimit = 100

  /// `files` are given away: the shell releases them in `close()`.
  package init(
    host: any ShellHost, dialect: Dialect, environment: [String: String], arguments: [String],
    name: String, directory: String, files: [Int: any OpenFile], source: Source = .commandString
  ) {
    self.host = host
    self.dialect = dialect
    self.source = source
    self.name = name
    self.files = files
    self.directory = directory
    positional = arguments
    builtins = Builtin.table(for: dialect)
    startTime = host.now
    options = dialect.isBash ? [.hashall, .braceexpand, .interactiveComments] : []
    if source == .session { options.formUnion([.monitor, .histexpand, .history, .emacs]) }
    importEnvironment(environment)
  }

  private func importEnvironment(_ environment: [String: String]) {
    for (key, value) in environment where key.isShellName {
      variables[key] = Variable(content: .scalar(value), attributes: .exported)
    }
    variables["PWD"] = Variable(content: .scalar(directory), attributes: .exported)
    variables["IFS"] = Variable(content: .scalar(" \t\n"))
    variables["OPTIND"] = Variable(content: .scalar("1"))
    if dialect.family != .dash {
      let level = (environment["SHLVL"].flatMap { Int($0) } ?? 0) &+ 1
      variables["SHLVL"] = Variable(content: .scalar(String(level)), attributes: .exported)
    }
    if dialect.isBash {
      if variables["PATH"] == nil {
        variables["PATH"] = Variable(
          content: .scalar("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
      }
    }
    if source == .session {
      let user = host.userID == 0 ? "# " : "$ "
      if variables["PS1"] == nil {
        let prompt = dialect.isBash ? "\\s-\\v\\$ " : dialect.family == .ash ? "\\w \\$ " : user
        variables["PS1"] = Variable(content: .scalar(prompt))
      }
      if variables["PS2"] == nil { variables["PS2"] = Variable(content: .scalar("> ")) }
    }
    if variables["PS4"] == nil { variables["PS4"] = Variable(content: .scalar("+ ")) }
  }

  /// What an interactive shell says at its end.
  package var farewell: String { !dialect.isBash ? "\n" : isLogin ? "logout\n" : "exit\n" }
  var isInteractive: Bool { source == .session }
  var extendedGlobs: Bool { shopt.contains("extglob") }

  /// Lets go of every open file; the shell is not to be used afterwards.
  package func close() {
    for file in files.values { file.release() }
    files = [:]
  }

  /// A copy to run as a subshell, with references of its own to the open files.
  func fork() -> Interpreter {
    let child = Interpreter(copying: self)
    // A coprocess is its own shell's: another holder would keep its input from ending.
    for descriptor in coprocesses.flatMap(\.descriptors) { child.files[descriptor] = nil }
    for file in child.files.values { file.retain() }
    return child
  }

  private init(copying other: Interpreter) {
    host = other.host
    dialect = other.dialect
    source = other.source
    name = other.name
    positional = other.positional
    variables = other.variables
    functions = other.functions
    aliases = other.aliases
    options = other.options
    shopt = other.shopt
    directory = other.directory
    files = other.files
    builtins = other.builtins
    status = other.status
    history = other.history
    line = other.line
    pipeStatuses = other.pipeStatuses
    toleratedFailures = other.toleratedFailures
    callStack = other.callStack
    sourceDepth = other.sourceDepth
    substitutionDepth = other.substitutionDepth
    directoryStack = other.directoryStack
    patterns = other.patterns
    getoptsPlace = other.getoptsPlace
    associativeOrder = other.associativeOrder
    startTime = other.startTime
    randomState = other.randomState
    lastArgument = other.lastArgument
    limits = other.limits
    isSubshell = true
    subshellLevel = other.subshellLevel
    shellProcessID = other.shellProcessID ?? other.host.processID
    evalDepth = other.evalDepth
    lastBackgroundID = other.lastBackgroundID
    // dash forgets them when it forks.
    if dialect.family != .dash {
      inheritedJobs = other.jobs.list.isEmpty ? other.inheritedJobs : other.jobs
    }
  }

  var isSubshell = false
  var subshellLevel = 0
  var shellProcessID: Int?
  var lastBackgroundID: Int?
  /// Statuses of the children that were waited for, by process ID.
  var finished: [Int: ExitStatus] = [:]
  package internal(set) var completions: [String: CompletionSpecification] = [:]

  // MARK: Running text

  /// Runs a whole script to its end, exit trap included.
  package func run(_ text: String) async -> ExitStatus {
    await finish { try await self.execute(text) }
  }

  /// Runs something as the whole life of this shell.
  func finish(_ body: () async throws -> Void) async -> ExitStatus {
    var ending: ExitStatus?
    do {
      try await body()
    } catch {
      ending = await ended(by: error)
    }
    if let ending, ending > 128, exitStatus == nil { return ending }
    await runExitTrap()
    await flushComplaints()
    return exitStatus ?? status
  }

  /// The status with which an error ends the shell.
  func ended(by error: any Error) async -> ExitStatus {
    switch error {
    case Interruption.exit(let code): status = code
    case Interruption.failed(let text):
      await complain(text)
      status = dialect.isBash ? 1 : 2
    case Interruption.fatal(let text):
      await complain(text)
      status = fatalStatus
    case Interruption.abandoned(let code), Interruption.leaveFunction(let code),
      Interruption.builtinFailed(let code):
      status = code
    case is Interruption: break
    case let killed as Killed: return 128 + killed.signal
    case HostError.brokenPipe: return 141
    case HostError.budget(let text):
      await complain(text)
      return 137
    default: status = 1
    }
    return status
  }

  private var fatalStatus: ExitStatus {
    guard dialect.isBash else { return 2 }
    return source == .commandString && !isSubshell ? 127 : 1
  }

  /// Runs the text line by line in this shell.
  func execute(_ text: String, firstLine: Int = 1) async throws {
    let expandsAliases = isInteractive || dialect.expandsAliasesInScripts
    let parser = Parser(
      text, dialect: dialect, line: firstLine, allowsExtendedGlobs: extendedGlobs,
      alias: { [unowned self] name in
        expandsAliases || self.shopt.contains("expand_aliases") ? self.aliases[name] : nil
      })
    while true {
      let statements: [Statement]
      parser.allowsExtendedGlobs = extendedGlobs
      do {
        guard let line = try parser.nextLine() else { break }
        statements = line
      } catch {
        try await reportSyntax(error, parser, firstLine)
        return
      }
      for warning in parser.warnings where dialect.isBash {
        await complain(warning.text, line: warning.line)
      }
      parser.forgetWarnings()
      if options.contains(.noexec), !isInteractive { continue }
      try await executeLine(statements)
    }
  }

  /// A failed expansion ends its line only, where the shell is bash and reads line by line.
  private func executeLine(_ statements: [Statement]) async throws {
    do {
      try await run(statements)
    } catch Interruption.failed(let text) {
      await complain(text)
      status = dialect.isBash ? 1 : 2
      if !isInteractive || isSubshell || callStack.count > 0 {
        if !dialect.isBash { throw Interruption.exit(2) }
        if source == .script, !isSubshell, evalDepth == 0 { return }
        throw Interruption.exit(1)
      }
      throw Interruption.abandoned(status)
    } catch Interruption.fatal(let text) {
      await complain(text)
      if isInteractive, !isSubshell {
        status = 1
        throw Interruption.abandoned(1)
      }
      status = fatalStatus
      throw Interruption.exit(status)
    }
  }

  private func reportSyntax(_ problem: SyntaxProblem, _ parser: Parser, _ firstLine: Int)
    async throws
  {
    await complainSyntax(problem, parser, firstLine)
    status = 2
    if dialect.isBash, evalDepth > 0 || sourceDepth > 0 { return }
    if !isInteractive || isSubshell { throw Interruption.exit(2) }
    throw Interruption.abandoned(2)
  }

  var evalDepth = 0
}
