import Shell
import Simulation
import Testing

@testable import Linux

/// One web server, `web.shop.svc.cluster.local` at 10.96.0.7:80; 10.96.0.8 drops all packets.
private final class TinyNetwork: NetworkStack {
  func ask(
    _ question: NameQuestion, of server: String, from machine: Machine
  ) throws(NetworkFailure) -> NameAnswer {
    let known = [
      "web.shop.svc.cluster.local.": "10.96.0.7", "slow.shop.svc.cluster.local.": "10.96.0.8",
    ]
    guard let address = known[question.name] else { return NameAnswer(.nameError) }
    return NameAnswer(
      .noError,
      question.type == "A" ? [NameRecord(name: question.name, data: address)] : [])
  }

  func connect(
    from machine: Machine, to address: String, port: Int, transport: Transport, timeout: Span?
  ) async throws -> any Connection {
    if address == "10.96.0.8" {
      try await Process.current?.sleep(timeout ?? .seconds(130))
      throw NetworkFailure.timedOut
    }
    guard address == "10.96.0.7", port == 80 else { throw NetworkFailure.refused }
    return TinyConnection()
  }

  func listen(
    on machine: Machine, address: String, port: Int, transport: Transport,
    accept: @escaping (any Connection) -> Void
  ) throws(NetworkFailure) -> any Listener { throw .addressInUse }
}

private final class TinyConnection: Connection {
  let localAddress = "10.0.0.1"
  let remoteAddress = "10.96.0.7"
  let remotePort = 80
  private var answer: [UInt8] = []

  func read(upTo count: Int) async throws -> [UInt8] {
    defer { answer = [] }
    return answer
  }

  func write(_ bytes: [UInt8]) async throws {
    let request = String(decoding: bytes, as: UTF8.self)
    let isMissing = request.contains("/missing")
    let body = isMissing ? "no\n" : "welcome\n"
    answer = Array(
      ("HTTP/1.1 \(isMissing ? "404 Not Found" : "200 OK")\r\n"
        + "Content-Length: \(body.utf8.count)\r\n"
        + "Content-Type: text/plain\r\n\r\n" + (request.hasPrefix("HEAD") ? "" : body)).utf8)
  }

  func close() {}
}

@Suite struct NetworkProgramTests {
  private static let meter =
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    + "                                 Dload  Upload   Total   Spent    Left  Speed\n"
  private static let nothing =
    "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"

  @Test(
    "names, connections and failures in the tools' words",
    arguments: [
      ("curl -s http://web", 0, "welcome\n", ""),
      ("curl -sI web | head -1", 0, "HTTP/1.1 200 OK\r\n", ""),
      ("curl -s -o /dev/null -w '%{http_code}' web/missing", 0, "404", ""),
      (
        "curl -f web/missing", 22, "",
        meter + "\r  0     3    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"
          + "curl: (22) The requested URL returned error: 404\n"
      ),
      (
        "curl web", 0, "welcome\n",
        meter + "\r100     8  100     8    0     0   8000      0 --:--:-- --:--:-- --:--:--  8000\n"
      ),
      (
        "curl -o f -d abcd web; curl -sS nowhere", 6, "",
        meter + "\r100    12  100     8  100     4   8000   4000 --:--:-- --:--:-- --:--:--  8000\n"
          + "curl: (6) Could not resolve host: nowhere\n"
      ),
      ("curl nowhere", 6, "", meter + nothing + "curl: (6) Could not resolve host: nowhere\n"),
      (
        "curl web:81", 7, "",
        meter + nothing
          + "curl: (7) Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n"
      ),
      (
        "curl -m 2 slow", 28, "",
        meter + nothing
          + "\r  0     0    0     0    0     0      0      0 --:--:--  0:00:01 --:--:--     0"
          + "\r  0     0    0     0    0     0      0      0 --:--:--  0:00:02 --:--:--     0\n"
          + "curl: (28) Connection timed out after 2000 milliseconds\n"
      ),
      ("wget -qO- http://web", 0, "welcome\n", ""),
      ("wget -qO- -T 2 http://slow", 1, "", "wget: download timed out\n"),
      ("wget -qO- http://nowhere", 1, "", "wget: bad address 'nowhere'\n"),
      (
        "wget -qO- http://web:81", 1, "",
        "wget: can't connect to remote host (10.96.0.7): Connection refused\n"
      ),
      (
        "nslookup web", 1,
        "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n"
          + "Name:\tweb.shop.svc.cluster.local\nAddress: 10.96.0.7\n\n"
          + "** server can't find web.svc.cluster.local: NXDOMAIN\n\n"
          + "\n** server can't find web.svc.cluster.local: NXDOMAIN\n\n", ""
      ),
      (
        "nslookup web.shop.svc.cluster.local", 0,
        "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n"
          + "Name:\tweb.shop.svc.cluster.local\nAddress: 10.96.0.7\n\n\n", ""
      ),
      (
        "nslookup -type=a web.shop", 1,
        "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n"
          + "** server can't find web.shop: NXDOMAIN\n\n", ""
      ),
      ("nc -zv web 80", 0, "", "web (10.96.0.7:80) open\n"),
      ("ping -c1 nowhere", 1, "", "ping: bad address 'nowhere'\n"),
      ("dig +short +search web", 0, "10.96.0.7\n", ""),
    ])
  func lines(_ line: String, _ status: Int32, _ output: String, _ errors: String) throws {
    let box = Box()
    let network = TinyNetwork()
    box.machine.network = network
    box.machine.shellDialect = .ash
    try box.machine.files.write(
      "search shop.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
      to: "/etc/resolv.conf")
    let outcome = box.run(["sh", "-c", line])
    #expect(outcome == .init(status: status, output: output, errors: errors), "\(line)")
  }
}

@Suite struct NetcatTests {
  @Test(
    "Debian's nc in its words, with either C library",
    arguments: [
      ("nc -zv web 80", false, 0, "Connection to web (10.96.0.7) 80 port [tcp/http] succeeded!\n"),
      ("nc -zv 10.96.0.7 80", false, 0, "Connection to 10.96.0.7 80 port [tcp/http] succeeded!\n"),
      (
        "nc -zv web 81", true, 1,
        "nc: connect to web (10.96.0.7) port 81 (tcp) failed: Connection refused\n"
      ),
      (
        "nc -zv -w 2 10.96.0.8 80", false, 1,
        "nc: connect to 10.96.0.8 port 80 (tcp) timed out: Operation now in progress\n"
      ),
      (
        "nc -zv -w 2 10.96.0.8 80", true, 1,
        "nc: connect to 10.96.0.8 port 80 (tcp) timed out: Operation in progress\n"
      ),
      (
        "nc -zv 10.96.0.8 80", true, 1,
        "nc: connect to 10.96.0.8 port 80 (tcp) failed: Operation timed out\n"
      ),
      (
        "nc -zv nowhere 80", true, 1,
        "nc: getaddrinfo for host \"nowhere\" port 80: Name does not resolve\n"
      ),
      // Datagrams that nobody answers may have arrived.
      (
        "nc -zuv -w 1 10.96.0.8 53", false, 0,
        "Connection to 10.96.0.8 53 port [udp/domain] succeeded!\n"
      ),
      ("nc -zuv 10.96.0.7 53", false, 1, ""),
      ("nc -z web http", false, 1, "nc: port number invalid: http\n"),
    ])
  func lines(_ line: String, _ hasMusl: Bool, _ status: Int32, _ errors: String) throws {
    let box = Box()
    let network = TinyNetwork()
    box.machine.network = network
    if hasMusl {
      box.machine.shellDialect = .ash
      box.machine.ownTools = ["nc"]
    }
    try box.machine.files.write(
      "search shop.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
      to: "/etc/resolv.conf")
    #expect(
      box.run(["sh", "-c", line]) == .init(status: status, output: "", errors: errors), "\(line)")
  }
}

@Suite struct SystemProgramTests {
  @Test(
    "users, processes and limits of time",
    arguments: [
      ("id", 0, "uid=0(root) gid=0(root) groups=0(root)\n"),
      ("whoami; hostname; uname -s", 0, "root\nbox\nLinux\n"),
      ("su nobody -s /bin/sh -c 'id -un; touch /etc/x'", 1, "nobody\n"),
      ("sudo -u www-data whoami", 0, "www-data\n"),
      ("timeout 1 sleep 5; echo $?", 0, "124\n"),
      ("timeout 5 sleep 1; echo $?", 0, "0\n"),
      ("echo -n hello | base64", 0, "aGVsbG8=\n"),
      ("echo aGVsbG8= | base64 -d", 0, "hello"),
      ("echo '!' | base64 -d 2>/dev/null; echo $?", 0, "1\n"),
      ("sleep 50 & pgrep sleep >/dev/null && killall sleep; wait; echo ok", 0, "ok\n"),
      ("ps -o pid,comm | head -2", 0, "    PID COMMAND\n      1 sh\n"),
      ("ps aux | head -1", 0, Self.userHead), ("ps -ef | head -1", 0, Self.fullHead),
      ("ps -eo pid=,stat=,cmd= | head -1", 0, "      1 Ss   sh -c \(Self.first)\n"),
      ("sleep 9 & ps --forest -o comm", 0, "COMMAND\nsh\n \\_ sleep\n \\_ ps\n"),
      ("sleep 9 & sleep 9 & pstree -A", 0, "sh-+-pstree\n   `-2*[sleep]\n"),
      ("sleep 9 & pstree -Ap", 0, "sh(1)-+-pstree(3)\n      `-sleep(2)\n"),
      ("mkdir /d; dd=1; printf 12345 > /d/f; du -b /d/f", 0, "5\t/d/f\n"),
      ("which sh ls; which nope; echo $?", 0, "/usr/bin/sh\n/usr/bin/ls\n1\n"),
      ("nice true && nohup echo hi", 0, "hi\n"),
      ("stress --cpu 1 --timeout 3 | tail -1 | sed 's/\\[.*\\]/[]/'", 0, Self.stressed),
    ])
  func lines(_ line: String, _ status: Int32, _ output: String) {
    let outcome = Box().run(["sh", "-c", line])
    #expect(outcome?.output == output, "\(line): \(outcome?.errors ?? "")")
    #expect(outcome?.status == status, "\(line): \(outcome?.errors ?? "")")
  }

  static let userHead =
    "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
  static let fullHead = "UID          PID    PPID  C STIME TTY          TIME CMD\n"
  static let first = "ps -eo pid=,stat=,cmd= | head -1"
  static let stressed = "stress: info: [] successful run completed in 3s\n"
}
