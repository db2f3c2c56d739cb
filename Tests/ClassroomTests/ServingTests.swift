import Classroom
import KubeAPIServer
import KubeCluster
import PKI
import Simulation
import Testing

@Suite struct ServingTests {
  /// What a door does with an administrator's request.
  private static func post(_ body: String, to path: String, in session: Session) throws -> Int {
    let made = session.cluster.keys.clientCertificate(user: "a", groups: ["system:masters"])
    let request = APIRequest(
      method: "POST", path: path, headers: [("content-type", "application/json")],
      body: .bytes(Array(body.utf8)),
      credential: .certificate(made?.certificate.der ?? []))
    try session.keep(.request(request))
    return session.cluster.server.handle(request).code
  }

  private static let maps = "/api/v1/namespaces/default/configmaps"

  @Test("serve waits for a door where there is one, and tells its usage where it cannot be meant")
  func wishes() throws {
    let pupil = try Pupil(opensPorts: true)
    for (line, isWish) in [
      ("serve", true), ("serve on", true), ("serve on 6443", true), ("serve off", true),
      ("serve on 70000", false), ("serve on 1 2", false), ("serve up", false),
    ] {
      try pupil.session.submit(line)
      _ = try pupil.session.drive(.zero)
      #expect((pupil.session.serveWish != nil) == isWish, "\(line)")
      try pupil.session.finishServing("It is so.")
      _ = try pupil.session.drive(.zero)
      #expect(!pupil.session.isRunning)
      #expect(pupil.session.exitStatus == (isWish ? 0 : 2))
    }
    #expect(try Pupil().say("serve on").contains("`drydock serve`"))
  }

  @Test("no door is opened in an exam")
  func exam() throws {
    let pupil = try Pupil(opensPorts: true)
    try pupil.say("exam --drill 10m")
    #expect(try pupil.say("serve on").contains("There is no `serve` in an exam"))
  }

  @Test("what clients did comes back after a kill, is marked, and can be taken back")
  func kept() throws {
    let pupil = try Pupil()
    try pupil.say("practice two-maps")
    let session = pupil.session
    let map = #"{"metadata":{"name":"red"},"data":{"colour":"red"}}"#
    #expect(try Self.post(map, to: Self.maps, in: session) == 201)
    #expect(try pupil.say("kubectl get cm -o name").contains("configmap/red"))
    try pupil.comeBack()
    #expect(try pupil.say("kubectl get cm -o name").contains("configmap/red"))
    #expect(try pupil.say("check").contains("points.** Well done"))
    #expect(try pupil.say("undo").contains("Taken back: POST \(Self.maps) from outside"))
    #expect(try !pupil.say("kubectl get cm -o name").contains("configmap/red"))
    #expect(try pupil.say("undo").contains("nothing to take back"))
  }
}
