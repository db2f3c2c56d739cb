import Testing

@testable import KubeCluster

/// Who may do what, asked verb by verb as `kubectl auth can-i` does.
@Suite struct AccessMatrixTests {
  @Test("the answers for four people are those of their roles")
  func matrix() {
    let cluster = Cluster(.kubeadm, seed: 1)
    let asked = cluster.shell.run(
      """
      {
        kubectl create namespace team
        kubectl create role reader -n team --verb=get,list,watch --resource=pods,pods/log
        kubectl create rolebinding ann -n team --role=reader --user=ann
        kubectl create clusterrolebinding bob --clusterrole=view --user=bob
        kubectl create rolebinding crew -n team --clusterrole=edit --group=crew
        kubectl create role one -n team --verb=get --resource=secrets --resource-name=key
        kubectl create rolebinding dan -n team --role=one --serviceaccount=team:dan
      } > /dev/null
      sleep 2
      may() { kubectl auth can-i "$@" 2> /dev/null; }
      for who in ann bob 'eve --as-group=crew' system:serviceaccount:team:dan; do
        for what in 'get pods' 'get pods/log' 'create pods' 'get secrets' 'get secrets/key' \\
          'delete deployments.apps' 'create rolebindings.rbac.authorization.k8s.io' 'get nodes'; do
          for where in team default; do
            may $what --as=$who -n $where | tr '\\n' ' '
          done
          printf '  '
        done
        echo ${who%% *}
      done
      """)
    // Each pair: in the namespace team, and in default.
    #expect(
      asked.output == """
        yes no   yes no   no no   no no   no no   no no   no no   no no   ann
        yes yes   yes yes   no no   no no   no no   no no   no no   no no   bob
        yes no   yes no   yes no   yes no   yes no   yes no   no no   no no   eve
        no no   no no   no no   no no   yes no   no no   no no   no no   system:serviceaccount:team:dan

        """, "\(asked)")
  }
}
