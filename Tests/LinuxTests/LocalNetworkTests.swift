import Testing

@testable import Linux

/// Namespaces, wires and bridges that are made with `ip`.
@Suite struct LocalNetworkTests {
  private static let wire = """
    ip netns add red; ip netns add blue
    ip link add veth-red type veth peer name veth-blue
    ip link set veth-red netns red; ip link set veth-blue netns blue
    ip -n red addr add 192.168.15.1/24 dev veth-red; ip -n blue addr add 192.168.15.2/24 dev veth-blue
    ip -n red link set veth-red up

    """
  private static let bridge = """
    ip netns add red; ip netns add blue; ip link add v-net-0 type bridge; ip link set v-net-0 up
    for n in red blue; do
      ip link add veth-$n type veth peer name veth-$n-br
      ip link set veth-$n netns $n; ip link set veth-$n-br master v-net-0; ip link set veth-$n-br up
    done
    ip -n red addr add 192.168.15.1/24 dev veth-red; ip -n blue addr add 192.168.15.2/24 dev veth-blue
    ip -n red link set veth-red up; ip -n blue link set veth-blue up
    ip addr add 192.168.15.5/24 dev v-net-0

    """
  private static let echo = " | grep -E 'received|unreachable' | cut -d, -f2"

  @Test(
    "namespaces reach each other over wires and bridges that are up",
    arguments: [
      (
        "ip netns; ip netns exec red ip -br a; ip netns exec red ip netns identify", wire,
        "blue\nred\nlo               DOWN           \nveth-red@if21    LOWERLAYERDOWN 192.168.15.1/24 \nred\n"
      ),
      ("ip netns exec red ping -c1 -W1 192.168.15.2\(echo)", wire, " 0 received\n"),
      (
        "ip -n blue link set veth-blue up; ip netns exec red ping -c1 192.168.15.2\(echo)", wire,
        " 1 received\n"
      ),
      (
        "ip netns exec red ping -c1 10.0.0.1; echo $?", wire,
        "PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.\n2\n"
      ),
      ("ip link show veth-red", wire, ""),
      (
        "ip netns exec red ping -c1 192.168.15.2\(echo); ip netns exec red arp -a", bridge,
        " 1 received\n? (192.168.15.2) at 3e:8f:5a:10:c1:35 [ether] on veth-red\n"
      ),
      (
        "ping -c1 192.168.15.1\(echo); ip netns exec red ping -c1 192.168.15.5\(echo)", bridge,
        " 1 received\n 1 received\n"
      ),
      ("ip link set veth-blue-br down; ping -c1 -W1 192.168.15.2\(echo)", bridge, " 0 received\n"),
      (
        "brctl show | tail -2; ip -br link show type bridge", bridge,
        "v-net-0\t\t8000.3e8f5a10c131\tno\t\tveth-red-br\n\t\t\t\t\t\t\tveth-blue-br\n"
          + "v-net-0          UP             3e:8f:5a:10:c1:31 <BROADCAST,MULTICAST,UP,LOWER_UP> \n"
      ),
      (
        "ip -n red route add default via 192.168.15.5; ip -n red route", bridge,
        "default via 192.168.15.5 dev veth-red \n192.168.15.0/24 dev veth-red proto kernel scope link src 192.168.15.1 \n"
      ),
      (
        "(ip netns exec blue sh -c 'echo hi | nc -l -p 8080' &); sleep 1; ip netns exec red nc -w1 192.168.15.2 8080",
        bridge, "hi\n"
      ),
      ("ip netns del blue; ip netns; ip link show veth-blue-br", bridge, "red\n"),
    ])
  func lines(_ line: String, _ setting: String, _ output: String) {
    let outcome = Box().run(["sh", "-c", setting + line])
    #expect(outcome?.output == output, "\(line): \(outcome?.errors ?? "")")
  }

  @Test(
    "what cannot be done is refused in the kernel's words",
    arguments: [
      (
        "ip netns exec red ip a",
        "Cannot open network namespace \"red\": No such file or directory\n", 1
      ),
      (
        "ip netns del red",
        "Cannot remove namespace file \"/run/netns/red\": No such file or directory\n", 1
      ),
      ("ip link add d type dummy; ip link add d type dummy", "RTNETLINK answers: File exists\n", 2),
      ("ip link set nope up", "Cannot find device \"nope\"\n", 1),
      (
        "ip link add d type dummy; ip addr add 1.2.3 dev d",
        "Error: any valid prefix is expected rather than \"1.2.3\".\n", 1
      ),
      (
        "ip link add d type dummy; ip addr add 10.0.0.1/8 dev d; ip addr add 10.0.0.1/8 dev d",
        "Error: ipv4: Address already assigned.\n", 2
      ),
      ("ip route add 10.0.0.0/8 via 172.16.0.1", "Error: Nexthop has invalid gateway.\n", 2),
      ("ip route del 10.0.0.0/8", "RTNETLINK answers: No such process\n", 2),
    ])
  func refusals(_ line: String, _ errors: String, _ status: Int32) {
    let outcome = Box().run(["sh", "-c", line])
    #expect(
      outcome?.errors == errors && outcome?.status == status,
      "\(line): \(String(describing: outcome))")
  }

  @Test("the stress of vish/stress tells what it allocates")
  func load() {
    let outcome = Box().run(
      [
        "sh", "-c",
        "timeout 2 stress -logtostderr -cpus 1 -mem-total 1Mi -mem-alloc-size 1Mi 2>&1 | cut -d] -f2",
      ])
    #expect(
      outcome?.output == """
         Allocating "1Mi" memory, in "1Mi" chunks, with a 1ms sleep between allocations
         Spawning a thread to consume CPU
         Allocated "1Mi" memory

        """)
  }
}
