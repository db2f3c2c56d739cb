package import KubeAPIServer
import Linux
import Shell
import Simulation

/// The runtime's streaming server: exec and attach.
extension MachineRuntime {
  package func exec(
    _ request: ConsoleRequest, in plan: ContainerPlan
  ) -> any StreamConnection {
    let terminal = request.isTerminal ? Terminal() : nil
    let input = request.hasInput && terminal == nil ? ConsoleInput() : nil
    let console = ContainerConsole(terminal: terminal, input: input)
    var files: [Int: any OpenFile]
    if let terminal {
      terminal.onOutput = { [weak console] in console?.put($0, channel: 1) }
      files = [0: terminal, 1: terminal, 2: terminal]
    } else {
      files = [
        0: input ?? EmptyInput(),
        1: request.hasOutput ? ConsoleOutput(console, channel: 1) : DiscardedOutput(),
        2: request.hasErrors ? ConsoleOutput(console, channel: 2) : DiscardedOutput(),
      ]
    }
    afterLook(into: plan) { [self] in
      begin(request.command, in: plan, console, terminal, files)
    }
    return console
  }

  private func begin(
    _ words: [String], in plan: ContainerPlan, _ console: ContainerConsole, _ terminal: Terminal?,
    _ files: [Int: any OpenFile]
  ) {
    let command = Shell.Command(plan, words: words, files: files)
    let process: Linux.Process
    do {
      process = try machine(of: plan).start(command, caller: plan.caller)
    } catch {
      console.finish(
        // Once by the kubelet, once by the API server that translates for it
        // (apiserver's StreamTranslatorHandler).
        .failure(
          "Internal error occurred: error executing command in container: "
            + Self.execRefusal(words.first ?? "", error, id: newExecID())))
      return
    }
    terminal?.signalForeground = { [weak process] in process?.signalFamily($0) }
    process.onExit = { [weak console, timeline] status in
      terminal?.signalForeground = nil
      timeline.after(.zero) { console?.finish(.exit(status, words)) }
    }
    console.onCancel = { [weak process] in
      // Whoever reads the terminal hears that it was hung up; other commands run on unheard.
      guard terminal != nil, let process else { return }
      for member in process.family.reversed() { member.signal(Signal.kill, byMachine: true) }
    }
  }

  package func attach(
    _ request: ConsoleRequest, to plan: ContainerPlan
  ) -> any StreamConnection {
    let streams = plan.streams
    let console = ContainerConsole(
      terminal: streams.terminal, input: request.hasInput ? streams.input : nil)
    // What `kubectl run -i` printed before it could be attached to is not lost.
    if streams.isFresh, streams.closesInputWithClient {
      for (isError, bytes) in plan.log.everything {
        console.put(bytes, channel: isError && streams.terminal == nil ? 2 : 1)
      }
    } else if streams.terminal != nil {
      console.put(plan.log.unfinishedLine, channel: 1)
    }
    streams.isFresh = false
    let hasTerminal = streams.terminal != nil
    let number = plan.log.listen { [weak console] bytes, isError in
      console?.put(bytes, channel: isError && !hasTerminal ? 2 : 1)
    }
    let detach = { [weak plan] in
      plan?.log.stopListening(number)
      if streams.closesInputWithClient, request.hasInput {
        streams.input?.close()
        streams.terminal?.endInput()
      }
    }
    let ending = plan.onEnd { [weak console] in
      detach()
      console?.finish(.exit(0, []))
    }
    console.onCancel = { [weak plan] in
      detach()
      plan?.forgetEnding(ending)
    }
    return console
  }
}

/// The standard streams of a container's main process.
final class ContainerStreams {
  /// With `tty: true`.
  let terminal: Terminal?
  /// With `stdin: true` and no terminal.
  let input: ConsoleInput?
  /// `stdinOnce`.
  let closesInputWithClient: Bool
  /// Nobody has been attached yet.
  var isFresh = true

  init(hasInput: Bool, isTerminal: Bool, closesInputWithClient: Bool) {
    terminal = isTerminal ? Terminal() : nil
    input = hasInput && !isTerminal ? ConsoleInput() : nil
    self.closesInputWithClient = closesInputWithClient
  }
}
