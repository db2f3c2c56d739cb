import Testing

@testable import KubeCluster

/// What a TokenReview says of the tokens that people make.
@Suite struct TokenReviewTests {
  private static let review = """
    review() {
      cat > r.yaml <<EOF
    apiVersion: authentication.k8s.io/v1
    kind: TokenReview
    spec: {token: "$1", audiences: [$2]}
    EOF
      kubectl create -f r.yaml -o jsonpath="{.status$3}"; echo
    }
    kubectl create serviceaccount bot > /dev/null

    """

  private func run(_ script: String) -> String {
    let cluster = Cluster(.kubeadm, seed: 1)
    return cluster.shell.run(Self.review + script).output
  }

  private static let own = "https://kubernetes.default.svc.cluster.local"

  @Test(
    "a refusal says what is wrong with the token",
    arguments: [
      ("review abc '' .error", "invalid bearer token"),
      (
        "review $(kubectl create token bot) nope .error",
        "[invalid bearer token, token audiences [\"\(own)\"] is invalid for the target audiences "
          + "[\"nope\"]]"
      ),
      (
        "review $(kubectl create token bot --audience=vault) '' .error",
        "[invalid bearer token, token audiences [\"vault\"] is invalid for the target audiences "
          + "[\"\(own)\"]]"
      ),
      (
        "t=$(kubectl create token bot --duration=10m); sleep 601; review $t '' .error",
        "[invalid bearer token, service account token has expired]"
      ),
      (
        "t=$(kubectl create token bot); kubectl delete sa bot > /dev/null; review $t '' .error",
        "[invalid bearer token, service account token has been invalidated]"
      ),
      ("review $(kubectl create token bot --audience=vault) 'x, vault' .audiences", "[\"vault\"]"),
      ("review $(kubectl create token bot) '' .audiences", "[\"\(own)\"]"),
      (
        "review $(kubectl create token bot) '' .user.username", "system:serviceaccount:default:bot"
      ),
    ])
  func refusals(line: String, told: String) {
    #expect(run(line) == told + "\n")
  }

  @Test("a Pod's token names its node with the uid")
  func node() {
    let output = run(
      """
      kubectl run p --image=nginx > /dev/null
      kubectl wait --for=condition=Ready pod/p > /dev/null
      t=$(kubectl exec p -- cat /var/run/secrets/kubernetes.io/serviceaccount/token)
      review $t '' '.user.extra.authentication\\.kubernetes\\.io/node-uid[0]'
      kubectl get node $(kubectl get pod p -o jsonpath='{.spec.nodeName}') \
        -o jsonpath='{.metadata.uid}'; echo
      """)
    let lines = output.split(separator: "\n")
    #expect(lines.count == 2 && lines.first == lines.last, "\(output)")
  }
}
