import Testing

@testable import KubeCluster

private let client =
  "export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=https://127.0.0.1:2379 "
  + "ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt "
  + "ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key\n"

// What etcdctl 3.5.30 and etcdutl 3.5.30 say, but for the numbers of versions and revisions.
@Test(
  "etcdctl speaks as the real one does",
  arguments: [
    (
      "etcdctl put a 1; etcdctl put a 2 --prev-kv; etcdctl del a --prev-kv",
      "OK\nOK\na\n1\n1\na\n2\n"
    ),
    (
      "L=$(etcdctl lease grant 100 | awk '{print $2}'); etcdctl put --lease=$L k v\n"
        + "etcdctl lease timetolive $L --keys | cut -d' ' -f3-; etcdctl lease list | grep -c $L\n"
        + "etcdctl lease keep-alive --once $L | cut -d' ' -f3-\n"
        + "etcdctl lease revoke $L | cut -d' ' -f3; etcdctl get k\n"
        + "etcdctl lease timetolive $L | cut -d' ' -f3-",
      "OK\ngranted with TTL(100s), remaining(100s), attached keys([k])\n1\n"
        + "keepalived with TTL(100)\nrevoked\nalready expired\n"
    ),
    (
      "L=$(etcdctl lease grant 5 | awk '{print $2}'); etcdctl put --lease=$L k v; sleep 6; "
        + "etcdctl get k; etcdctl lease timetolive $L | cut -d' ' -f3-", "OK\nalready expired\n"
    ),
    (
      "etcdctl put b 1; printf 'mod(\"b\") > \"0\"\\n\\nput b 9\\nget b\\n\\nput c 1\\n\\n' "
        + "| etcdctl txn", "OK\nSUCCESS\n\nOK\n\nb\n9\n"
    ),
    (
      "printf 'value(\"b\") = \"zz\"\\n\\nput b 9\\n\\nput c 1\\nget c\\n\\n' | etcdctl txn -i",
      "compares:\nsuccess requests (get, put, del):\nfailure requests (get, put, del):\nFAILURE\n\n"
        + "OK\n\nc\n1\n"
    ),
    (
      "timeout 3 etcdctl watch b > w & sleep 1; etcdctl put b 11; etcdctl del b; wait; cat w",
      "OK\n1\nPUT\nb\n11\nDELETE\nb\n\n"
    ),
    (
      "etcdctl put x 1; etcdctl get x -w fields | tail -8",
      "\"Value\" : \"1\"\n\"Lease\" : 0\n\"More\" : false\n\"Count\" : 1\n"
    ),
    ("etcdctl get nokey -w json | grep -c kvs", "0\n"),
    ("etcdctl get x --count-only", "Error: --count-only is only for `--write-out=fields`\n"),
    ("etcdctl get x -w table", "Error: table not supported as output format\n"),
    (
      "etcdctl get x --rev 99999",
      "Error: etcdserver: mvcc: required revision is a future revision\n"
    ),
    (
      "etcdctl endpoint hashkv -w table | sed -n 2p | tr -s ' '",
      "| ENDPOINT | HASH | HASH REVISION |\n"
    ),
    ("etcdutl snapshot status /etc/passwd", "Error: invalid database\n"),
    ("etcdutl snapshot restore /tmp/s.db", "Error: required flag(s) \"data-dir\" not set\n"),
    (
      "etcdctl snapshot save /tmp/s.db >s 2>&1; etcdutl snapshot restore /tmp/s.db --data-dir /tmp/r "
        + "2>&1 | cut -f2-4 | tail -1",
      "info\tsnapshot/v3_snapshot.go:333\trestored snapshot\n"
    ),
  ])
func etcdWords(_ lines: String, _ told: String) {
  let said = SurgeryDesk(.single).plane(client + lines)
  #expect(said.contains(told), "\(said)")
}
