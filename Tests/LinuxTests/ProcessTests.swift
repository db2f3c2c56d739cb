import Shell
import Simulation
import Testing

@testable import Linux

@Suite struct ProcessTests {
  @Test("a sleeping process ends by the virtual clock")
  func sleeping() {
    let box = Box()
    let start = box.timeline.now
    #expect(box.run(["sleep", "1h", "0.5"])?.status == 0)
    #expect(box.timeline.now - start == .milliseconds(3_600_500))
  }

  @Test("a signal ends a process that does not handle it with 128 and its number")
  func killing() {
    let box = Box()
    _ = box.run(["true"])  // takes process id 1, which signals do not end
    var status: Int32?
    let process = box.machine.run(["sleep", "infinity"]) { status = $0.status }
    box.timeline.settle()
    #expect(status == nil)
    process?.signal(Signal.terminate)
    box.timeline.settle()
    #expect(status == 143)
    #expect(box.machine.processes.isEmpty)
  }

  @Test("the first process of a machine obeys only SIGKILL from outside")
  func firstProcess() {
    let box = Box()
    var status: Int32?
    let process = box.machine.run(["sleep", "infinity"]) { status = $0.status }
    box.timeline.settle()
    process?.signal(Signal.terminate)
    process?.signal(Signal.kill)
    box.timeline.settle()
    #expect(status == nil)
    process?.signal(Signal.kill, byMachine: true)
    box.timeline.settle()
    #expect(status == 137)
  }

  @Test("a pipe holds 64 KiB, wakes its reader, and breaks when nobody reads")
  func pipes() throws {
    let box = Box()
    let ends = Pipe.make()
    var statuses: [Int32] = []
    for (index, program) in [["cat", "/big"], ["cat"]].enumerated() {
      let output: any OpenFile = index == 0 ? ends.write : MemoryFile()
      try box.machine.files.write([UInt8](repeating: 65, count: 200_000), to: "/big")
      let process = try box.machine.start(
        Command(
          path: program[0], arguments: Array(program.dropFirst()), environment: [:],
          directory: "/", files: [0: ends.read, 1: output, 2: MemoryFile()]))
      process.onExit = { statuses.append($0) }
      if index == 0 {
        ends.write.release()
        box.timeline.settle()
        #expect(statuses.isEmpty)  // the pipe is full
      } else {
        ends.read.release()
      }
    }
    box.timeline.advance(by: .seconds(10))
    #expect(statuses == [0, 0])
    let broken = Pipe.make()
    broken.read.release()
    let process = try box.machine.start(
      Command(
        path: "cat", arguments: ["/big"], environment: [:], directory: "/",
        files: [1: broken.write]))
    process.onExit = { statuses.append($0) }
    box.timeline.advance(by: .seconds(10))
    #expect(statuses == [0, 0, 141])
  }

  @Test("a program that is not there, not executable or not known says so")
  func missing() throws {
    let box = Box()
    #expect(box.run(["nothing"])?.status == 127)
    #expect(box.run(["/etc/passwd"])?.status == 126)
    try StandardFiles.install(program: "mystery", into: box.machine.files)
    let outcome = box.run(["mystery"])
    #expect(outcome?.status == 127)
    #expect(outcome?.errors == "drydock: not simulated: the program mystery\n")
  }

  @Test("/proc tells about processes, memory and mounts")
  func kernelFiles() {
    let box = Box()
    let own = box.run(["cat", "/proc/self/cmdline"])
    #expect(own?.output == "cat\0/proc/self/cmdline\0")
    #expect(box.run(["cat", "/proc/mounts"])?.output.contains("/proc proc rw,relatime") == true)
    #expect(
      box.run(["cat", "/proc/meminfo"])?.output.hasPrefix("MemTotal:        4000000 kB") == true)
    #expect(box.run(["cat", "/proc/sys/net/ipv4/ip_forward"])?.output == "1\n")
    #expect(box.run(["cat", "/dev/null"])?.output == "")
  }

  @Test("output to a full device fails")
  func fullDevice() throws {
    let box = Box()
    let full = try box.machine.files.open("/dev/full", .write)
    let errors = MemoryFile()
    var status: Int32?
    let process = try box.machine.start(
      Command(
        path: "echo", arguments: ["x"], environment: [:], directory: "/",
        files: [1: full, 2: errors]))
    process.onExit = { status = $0 }
    box.timeline.settle()
    #expect(status == 1)
    #expect(errors.text.contains("No space left on device"))
  }
}

@Test(
  "kill ends the program itself that was sent to the background",
  arguments: [
    "sleep 5000 & kill $!; sleep 1; pgrep sleep; echo end",
    "sleep 5000 | cat & kill %1; sleep 1; pgrep sleep; pgrep cat; echo end",
    "sleep 5000 2>/dev/null & kill $!; sleep 1; pgrep sleep; echo end",
    "X=1 sleep 5000 & [ $(pgrep sleep) = $! ] || echo no; kill $!; echo end",
  ])
func background(_ line: String) throws {
  let made = try #require(Box().run(["bash", "-c", line]))
  #expect(made.output == "end\n", "\(made.output)\(made.errors)")
}
