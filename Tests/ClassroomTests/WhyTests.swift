import Documents
import Testing

@testable import Classroom

@Suite struct WhyTests {
  @Test(
    "the scheduler's message is taken apart into its reasons",
    arguments: [
      (
        "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.",
        [
          "1/3 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }",
          "2/3 Insufficient cpu",
        ]
      ),
      (
        "0/2 nodes are available: 2 node(s) had untolerated taint {a: b, c}.",
        ["2/2 node(s) had untolerated taint {a: b, c}"]
      ),
      ("no nodes available to schedule pods", ["0/0 no nodes available to schedule pods"]),
      ("", ["0/0 "]),
      ("/:", ["0/0 /:"]),
    ])
  func reasons(message: String, reasons: [String]) {
    #expect(
      SchedulingReason.read(message).map { "\($0.nodes)/\($0.total) \($0.text)" } == reasons)
  }

  @Test("a pending Pod's chain ends in what would change it")
  func pending() {
    let pod: Value = [
      "metadata": ["name": "web"], "spec": [:],
      "status": [
        "phase": "Pending",
        "conditions": [
          [
            "type": "PodScheduled", "status": "False",
            "message": "0/3 nodes are available: 3 node(s) were unschedulable.",
          ]
        ],
      ],
    ]
    #expect(
      Why(pod: pod, events: []).text == """
        pod/web is Pending
          └ no node takes it
            └ 3 of 3 nodes: node(s) were unschedulable
              → kubectl uncordon the node

        """)
  }

  @Test("a Pod whose image cannot be pulled says so, with the event's words")
  func image() {
    let pod: Value = [
      "metadata": ["name": "web"], "spec": ["nodeName": "node01"],
      "status": [
        "phase": "Pending",
        "containerStatuses": [
          [
            "name": "c", "ready": false,
            "state": ["waiting": ["reason": "ImagePullBackOff"]],
          ]
        ],
      ],
    ]
    let events: [Value] = [
      ["type": "Warning", "message": "Failed to pull image"], ["type": "Normal", "message": "x"],
    ]
    let links = Why(pod: pod, events: events).links
    #expect(
      links.map(\.text) == [
        "pod/web is Pending", "container c on node01 is waiting: ImagePullBackOff",
        "Failed to pull image",
      ])
    #expect(links[1].advice.contains("image"))
  }
}
