import Testing

@testable import Classroom

@Suite struct WhyAccessTests {
  private func pupil() throws -> Pupil {
    let pupil = try Pupil("single+none")
    for line in [
      "kubectl create namespace shop", "kubectl create namespace lab",
      "kubectl create role reader --verb=get,list --resource=pods -n shop",
      "kubectl create rolebinding readers --role=reader --user=jane -n shop",
      "kubectl create serviceaccount bot -n shop",
      "kubectl create rolebinding bots --clusterrole=view --user=bot -n shop",
      "kubectl create rolebinding lost --role=gone --user=tom -n lab",
    ] { try pupil.say(line) }
    return pupil
  }

  @Test("who is allowed hears by which binding")
  func allowed() throws {
    let pupil = try pupil()
    #expect(
      try pupil.say("why can jane get pods -n shop")
        == "jane may get pods in namespace shop\n"
        + "└ allowed by RoleBinding \"readers/shop\" of Role \"reader\" to User \"jane\"\n")
    #expect(try pupil.say("why can x get nodes --as-group system:masters").contains("x may get"))
  }

  @Test(
    "who is not hears which bindings almost allow it, what they lack and the change",
    arguments: [
      (
        "jane delete po -n shop", "RoleBinding shop/readers of Role reader lacks the verb delete",
        "add it to a rule: kubectl edit role reader -n shop"
      ),
      (
        "jane get pods -n lab",
        "RoleBinding shop/readers of Role reader lacks a hold on namespace lab: it is of shop",
        "kubectl create role ROLE --verb=get --resource=pods -n lab"
      ),
      (
        "jane get pods/web --subresource=log -n shop",
        "RoleBinding shop/readers of Role reader lacks the resource pods/log",
        "kubectl edit role reader -n shop"
      ),
      (
        "sa/bot list pods -n shop",
        "RoleBinding shop/bots of ClusterRole view lacks the subject "
          + "system:serviceaccount:shop:bot: it names the User \"bot\"",
        "kubectl set subject rolebinding/bots -n shop --serviceaccount=shop:bot"
      ),
      (
        "tom get pods -n lab", "RoleBinding lab/lost of Role gone lacks its role: there is no Role",
        "the role of a binding cannot be changed"
      ),
      (
        "jane create deploy -n lab", "no binding comes near",
        "kubectl create role ROLE --verb=create --resource=deployments.apps -n lab, and "
          + "kubectl create rolebinding NAME --role=ROLE --user=jane -n lab"
      ),
      ("jane get /metrics", "no binding comes near", "--non-resource-url=/metrics"),
    ])
  func refused(_ words: String, _ near: String, _ change: String) throws {
    let told = try pupil().say("why can \(words)")
    #expect(told.contains(" may not "), "\(told)")
    #expect(told.contains(near), "\(told)")
    #expect(told.contains("→ ") && told.contains(change), "\(told)")
  }

  @Test("a wrong line says how it is to be")
  func usage() throws {
    let pupil = try Pupil()
    #expect(try pupil.say("why can jane get").contains("For example"))
    #expect(try pupil.say("why can jane get pods --what x").contains("For example"))
    #expect(try pupil.say("why can jane get nothings").contains("resource type \"nothings\""))
  }
}
