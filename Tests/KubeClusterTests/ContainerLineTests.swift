import Testing

@testable import KubeCluster

/// What learners type in containers, and a part of what they then read.
private let lines: [(pod: String, line: String, words: String)] = [
  ("bb", "sleep 1; echo ok", "ok\n"), ("bb", "env", "KUBERNETES_SERVICE_PORT=443\n"),
  (
    "bb", "cat /etc/resolv.conf",
    "search default.svc.cluster.local svc.cluster.local cluster.local\n"
  ),
  ("bb", "nslookup kubernetes.default.svc.cluster.local", "Address: 10.96.0.1\n"),
  ("bb", "nslookup web", "Name:\tweb.default.svc.cluster.local\n"),
  ("bb", "wget -qO- --timeout=2 http://web", "<title>Welcome to nginx!</title>"),
  ("bb", "wget -qO- http://nope", "wget: bad address 'nope'"),
  ("bb", "wget --spider --timeout=1 web", "remote file exists"),
  ("bb", "nc -zv web 80", "web ("), ("bb", "nc -z -w 1 web 81; echo $?", "1\n"),
  ("bb", "echo \"Current date: $(date)\"", "Current date: Mon Jun  1 09:"),
  ("bb", "cat /var/run/secrets/kubernetes.io/serviceaccount/namespace", "default"),
  ("bb", "cat /var/run/secrets/kubernetes.io/serviceaccount/token | cut -d. -f1 | wc -l", "1\n"),
  ("bb", "ls /", "bin\ndev\netc\n"), ("bb", "ls -l /etc/hostname", "-rw-r--r--"),
  ("bb", "id", "uid=0(root) gid=0(root) groups=0(root)"), ("bb", "whoami; hostname", "root\nbb\n"),
  ("bb", "ping -c 1 127.0.0.1", "1 packets transmitted, 1 packets received, 0% packet loss"),
  ("bb", "df -h /", "Filesystem"), ("bb", "free -m", "Mem:"),
  ("bb", "ps", "PID   USER     TIME  COMMAND\n"),
  ("bb", "top -bn1 | sed -n 3p", "Load average"), ("bb", "ip a", "inet 127.0.0.1/8"),
  ("bb", "ip route", "default via"),
  ("bb", "hostname -i", "10.244."), ("bb", "du -sh /etc", "/etc\n"),
  ("bb", "stat -c %a /tmp", "1777\n"),
  ("bb", "dd if=/dev/zero of=/tmp/f bs=1024 count=4 2>&1; wc -c < /tmp/f", "4+0 records out"),
  ("bb", "touch /tmp/healthy; cat /tmp/healthy; echo $?", "0\n"),
  ("bb", "mount | head -1", "overlay on / type overlay"),
  (
    "bb", "sha256sum /dev/null",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  /dev/null\n"
  ),
  ("bb", "dmesg", "dmesg: "), ("bb", "seq 3 | tr '\\n' ,", "1,2,3,"),
  ("bb", "timeout 1 sleep 5; echo $?", "143\n"),
  ("bb", "printenv HOME", "/root\n"), ("bb", "uname -sr", "Linux 6."),
  ("bb", "trap 'echo bye' EXIT; exit 3", "bye\n"),
  ("bb", "echo a b | awk '{print $2}'", "b\n"), ("bb", "echo hi | base64", "aGkK\n"),
  ("bb", "echo aGkK | base64 -d", "hi\n"),
  ("bb", "for i in 1 2; do echo $i; done", "1\n2\n"),
  ("bb", "i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i", "3\n"),
  ("bb", "mkdir -p /a/b && cd /a/b && pwd", "/a/b\n"),
  ("bb", "echo x > /tmp/x && mv /tmp/x /tmp/y && rm /tmp/y && ls /tmp", ""),
  ("bb", "grep root /etc/passwd | cut -d: -f7", "/bin/sh\n"),
  ("bb", "find /etc -name host*", "/etc/hostname\n"),
  ("bb", "curl web", "curl: not found"), ("bb", "bash", "bash: not found"),
  ("bb", "nope", "nope: not found"),
  ("bb", "cat /nope", "cat: can't open '/nope': No such file or directory"),
  ("bb", "tail -n 1 /etc/hosts", "\tbb\n"), ("bb", "date +%Y-%m-%d", "2026-06-01\n"),
  ("bb", "sleep x", "sleep: invalid number 'x'"),
  ("bb", "vi /dev/null </dev/null; echo end", "end\n"),
  ("bb", "tar c /etc/hostname 2>/dev/null | tar t", "etc/hostname\n"),
  ("bb", "netstat -tln", "Active Internet connections (only servers)"),
  ("bb", "uptime", "load average:"),
  ("bb", "head -c 3 /dev/zero | wc -c", "3\n"), ("bb", "read x < /etc/hostname; echo $x", "bb\n"),
  ("bb", "httpd -p 8080 -h /etc; wget -qO- localhost:8080/hostname", "bb\n"),
  ("bb", "busybox wget -qO- web", "Welcome to nginx!"), ("bb", "busybox --list", "\nwget\n"),
  ("bb", "mkfifo /tmp/p; echo x > /tmp/p & cat /tmp/p", "x\n"),
  ("bb", "echo \"$(date) | $(du -sh ~)\" > /tmp/d; cut -f2 -d'|' /tmp/d", " 4.0K\t/root\n"),
  ("bb", "while read L; do echo \"[$L]\"; done < /etc/hostname", "[bb]\n"),
  ("bb", "echo hi | nc -l -p 9000 & sleep 1; nc 127.0.0.1 9000", "hi\n"),
  ("bb", "env | grep -c '^SHLVL=1$'", "1\n"), ("bb", "env | grep -c '^_='", "0\n"),
  ("bb", "id -u; id -un; groups", "0\nroot\nroot\n"), ("bb", "kill -0 1; echo $?", "0\n"),
  ("bb", "stat -c '%n %s' /etc/hostname", "/etc/hostname 3\n"),
  ("bb", "ls -l /var/run/secrets/kubernetes.io/serviceaccount", "token -> ..data/token\n"),
  ("bb", "sh -c 'exit 4'; echo $?", "4\n"), ("bb", "date -u | cut -c1-3", "Mon\n"),
  ("bb", "sleep 2.5; sleep 1m; echo ok", "ok\n"), ("bb", "base64 /etc/hostname", "YmIK\n"),
  ("bb", "nslookup 10.96.0.1", "name = kubernetes.default.svc.cluster.local"),
  ("bb", "wget -S -qO /dev/null web", "HTTP/1.1 200 OK"),
  ("bb", "sleep 5000 & kill $!; sleep 1; pidof sleep", "1\n"),
  ("bb", "tail -n 1 /nope", "tail: can't open '/nope': No such file or directory"),
  ("bb", "umount /proc", "umount: can't unmount /proc: Operation not permitted"),
  ("bb", "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max", "max\nmax 100000\n"),
  ("bb", "cat /proc/sys/net/ipv4/ip_unprivileged_port_start", "0\n"),
  ("bb", "echo '$HOME is $X' | X=1 envsubst", "envsubst: not found"),
  ("bb", "arch", "x86_64\n"),
  ("bb", "yes | head -2", "y\ny\n"), ("bb", "test -f /etc/hosts && echo y", "y\n"),
  ("bb", "kill -0 1; echo $?", "0\n"),
  ("bb", "wget -qO- web:80 | grep -c h1", "1\n"),
  ("bb", "wget -q -O /tmp/page web; ls -l /tmp/page | cut -c1-10", "-rw-r--r--\n"),
  ("bb", "nslookup -type=SRV web 2>&1 | head -1", "Server:"),
  ("bb", "cat /proc/1/cmdline | tr '\\0' ' '", "sleep 3600"),
  ("bb", "ls /proc/1", "cmdline\n"), ("bb", "cat /sys/fs/cgroup/x", "No such file"),
  ("bb", "uname -m; nproc", "x86_64\n"),
  ("web", "curl -s localhost | head -1", "<!DOCTYPE html>\n"),
  ("web", "nginx -v", "nginx version: nginx/1."),
  ("web", "nginx -t", "syntax is ok"),
  ("web", "nginx -s reload; sleep 1; curl -sI localhost | head -1", "HTTP/1.1 200 OK"),
  ("web", "cat /etc/nginx/conf.d/default.conf", "listen       80;"),
  ("web", "ls /usr/share/nginx/html", "index.html\n"),
  ("web", "echo hi > /usr/share/nginx/html/index.html; curl -s localhost", "hi\n"),
  ("web", "cat /etc/os-release | head -1", "Debian GNU/Linux"), ("web", "ps", "ps: not found"),
  ("web", "apt-get update 2>&1 | tail -1", "Reading package lists... Done\n"),
  ("web", "bash -c 'a=(1 2 3); echo ${#a[@]}'", "3\n"), ("web", "cat /etc/hostname", "web\n"),
  ("web", "apt-get install -y procps >/dev/null; ps -e | wc -l", ""),
  ("web", "which nginx", "/usr/sbin/nginx\n"),
  ("web", "curl -s -o /dev/null -w '%{http_code}' localhost/nope", "404"),
  ("web", "curl -k https://kubernetes.default -s | grep code", "403"),
  ("web", "getent hosts web", "web"), ("web", "curl -m 2 http://10.255.255.1; echo $?", "28\n"),
  ("al", "apk add --no-cache curl | tail -1", "OK: "), ("al", "curl -s web", "hi\n"),
  ("al", "cat /etc/alpine-release", "3."),
  ("al", "cat /etc/os-release | head -1", "NAME=\"Alpine Linux\"\n"),
  ("al", "ash -c 'echo $0'", "ash\n"),
  // As BusyBox 1.38 says it.
  ("bb", "touch /proc/x 2>&1 | cut -c1-16", "touch: /proc/x: "),
  ("bb", "mkdir /etc 2>&1", "mkdir: can't create directory '/etc': File exists\n"),
  (
    "bb", "rm nope 2>&1; rm /etc 2>&1",
    "rm: can't remove 'nope': No such file or directory\nrm: '/etc' is a directory\n"
  ),
  (
    "bb", "cp nope x 2>&1; mv nope x 2>&1",
    "cp: can't stat 'nope': No such file or directory\nmv: can't rename 'nope': No such file or directory\n"
  ),
  (
    "bb", "ls nope 2>&1; rmdir nope 2>&1; ln nope b 2>&1",
    "ls: nope: No such file or directory\nrmdir: 'nope': No such file or directory\nln: nope: No such file or directory\n"
  ),
  (
    "bb", "id nobody1 2>&1; stat nope 2>&1; find nope 2>&1; du nope 2>&1; chmod 7 nope 2>&1",
    "id: unknown user nobody1\nstat: can't stat 'nope': No such file or directory\nfind: nope: No such file or directory\ndu: nope: No such file or directory\nchmod: nope: No such file or directory\n"
  ),
  ("al", "ls /nope 2>&1", "ls: /nope: No such file or directory\n"),
  (
    "web", "ls /nope 2>&1; mkdir /etc 2>&1",
    "ls: cannot access '/nope': No such file or directory\nmkdir: cannot create directory '/etc': File exists\n"
  ),
  ("rd", "redis-cli ping", "PONG\n"), ("rd", "redis-cli set a 1; redis-cli get a", "OK\n1\n"),
  ("rd", "redis-cli incr n; redis-cli incr n", "1\n2\n"),
  ("rd", "redis-server --version", "Redis server v="),
  ("py", "python3 -c 'print(\"x\")'", "x\n"), ("py", "python3 --version", "Python 3."),
  ("py", "python -c 'import time; time.sleep(1); print(1)'", "1\n"),
]

@Test("what is typed in containers does what it does there")
func containerLines() {
  let cluster = Cluster(.single, seed: 6)
  func run(_ line: String) -> String {
    let result = cluster.shell.run(line)
    return result.output + result.errors
  }
  _ = run(
    """
    kubectl run bb --image=busybox:1.36 -- sleep 3600
    kubectl run web --image=nginx --port=80 --expose
    kubectl run al --image=alpine -- sleep 1d
    kubectl run rd --image=redis
    kubectl run py --image=python:3.12 -- python3 -m http.server 8000
    kubectl create job pi --image=perl:5.34 -- perl -Mbignum=bpi -wle 'print bpi(50)'
    kubectl wait --for=condition=Ready pod/bb pod/web pod/al pod/rd pod/py --timeout=3m
    kubectl wait --for=condition=Complete job/pi --timeout=3m
    """)
  #expect(run("kubectl logs job/pi") == "3.1415926535897932384626433832795028841971693993751\n")
  for (pod, line, words) in lines {
    let quoted = line.split(separator: "'", omittingEmptySubsequences: false).joined(
      separator: "'\\''")
    let shown = run("kubectl exec \(pod) -- sh -c '\(quoted)'")
    #expect(shown.contains(words), "\(pod): \(line)\n\(shown)")
  }
  #expect(run("kubectl logs web --tail=1").contains("\"GET /"))
  #expect(lines.count >= 100)
}
