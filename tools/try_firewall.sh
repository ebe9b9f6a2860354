#!/usr/bin/env bash
# Try deploy/spark/vllm/firewall.nft and deploy/desk/egress.nft in a network of its own, made of namespaces: a Spark with a
# container behind Docker's address translation, the desk with another one, and a stranger. Needs root, nft (package
# `nftables`), ip and curl; touches nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${1:-}" != inside ]; then
    exec unshare --mount --net --kill-child --fork --pid --mount-proc "$0" inside
fi
NFT=${NFT:-nft}
mount -t tmpfs tmpfs /run
mkdir -p /run/netns
for name in spark desk stranger container inside; do
    ip netns add "$name"
    ip -n "$name" link set lo up
done
ip link add lan type bridge
ip link set lan up
join() { # a namespace, its address
    ip link add "to-$1" type veth peer name eth0 netns "$1"
    ip link set "to-$1" master lan up
    ip -n "$1" addr add "$2/24" dev eth0
    ip -n "$1" link set eth0 up
}
join spark 192.0.2.20
join desk 192.0.2.10
join stranger 192.0.2.66
contain() { # a namespace within another, the bridge, that one's address, its own
    ip -n "$2" link add "$3" type bridge
    ip -n "$2" addr add "$4" dev "$3"
    ip -n "$2" link set "$3" up
    ip -n "$2" link add port type veth peer name eth0 netns "$1"
    ip -n "$2" link set port master "$3" up
    ip -n "$1" addr add "$5" dev eth0
    ip -n "$1" link set eth0 up
    ip -n "$1" route add default via "${4%/*}"
    ip netns exec "$2" sysctl -qw net.ipv4.ip_forward=1
}
contain container spark br-aichatdesk 172.18.0.1/16 172.18.0.2/16
contain inside desk br-desk 172.30.85.1/24 172.30.85.2/24
ip -n stranger route add 172.18.0.0/16 via 192.0.2.20
ip -n stranger route add 172.30.85.0/24 via 192.0.2.10

serve() { # a namespace, a port
    ip netns exec "$1" python3 -m http.server --bind 0.0.0.0 --directory /run/netns "$2" >/dev/null 2>&1 &
}
serve container 8000
serve container 9999
serve spark 8001
serve spark 22022
serve stranger 80
serve desk 22022
serve inside 443
# What Docker does with a published port, and a rule of the usual kind that is meant to close it.
ip netns exec spark "$NFT" -f - <<'RULES'
table ip nat {
	chain prerouting {
		type nat hook prerouting priority dstnat
		ip daddr 192.0.2.20 tcp dport 8000 dnat to 172.18.0.2:8000
	}
	chain output {
		type nat hook output priority -100
		ip daddr 192.0.2.20 tcp dport 8000 dnat to 172.18.0.2:8000
	}
}
table ip filter {
	chain input {
		type filter hook input priority filter
		iifname "eth0" tcp dport 8000 drop
	}
}
RULES
ip netns exec desk "$NFT" -f - <<'RULES'
table ip nat {
	chain postrouting {
		type nat hook postrouting priority srcnat
		ip saddr 172.30.85.0/24 oifname "eth0" masquerade
	}
}
RULES
until ip netns exec desk curl -fs -o /dev/null --max-time 1 http://192.0.2.20:8001/; do sleep 0.2; done

failed=0
expect() { # reached or closed, from where, to where, what it is
    if ip netns exec "$2" curl -fs -o /dev/null --max-time 2 "http://$3/"; then seen=reached; else seen=closed; fi
    if [ "$seen" = "$1" ]; then mark=ok; else mark=WRONG failed=1; fi
    echo "$mark: $4: $seen"
}
echo "With a plain rule for incoming packets alone:"
expect reached stranger 192.0.2.20:8000 "a stranger to a published port, in spite of the rule"
expect reached stranger 192.0.2.20:8001 "a stranger to a port of the machine"
expect reached container 192.0.2.66:80 "a container to the outside"
ip netns exec spark "$NFT" --file deploy/spark/vllm/firewall.nft
echo "With firewall.nft:"
expect reached desk 192.0.2.20:8000 "the desk to a published port"
expect reached desk 192.0.2.20:8001 "the desk to a port of the machine"
expect closed stranger 192.0.2.20:8000 "a stranger to a published port"
expect closed stranger 192.0.2.20:8001 "a stranger to a port of the machine"
expect closed stranger 172.18.0.2:8000 "a stranger to the container's own address"
expect closed stranger 172.18.0.2:9999 "a stranger to another port of the container"
expect reached spark 192.0.2.20:8000 "the Spark itself to a published port"
expect closed container 192.0.2.66:80 "a container to the outside"
expect closed container 172.18.0.1:22022 "a container to its machine"
expect reached stranger 192.0.2.20:22022 "a stranger to a port that is not ours"
expect reached inside 192.0.2.66:80 "the desk's container to the outside, without egress.nft"
ip netns exec desk "$NFT" --file deploy/desk/egress.nft
echo "With egress.nft:"
expect reached inside 192.0.2.20:8000 "the desk's container to the Spark"
expect closed inside 192.0.2.20:22022 "the desk's container to another port of the Spark"
expect closed inside 192.0.2.66:80 "the desk's container to the outside"
expect closed inside 172.30.85.1:22022 "the desk's container to its machine"
expect reached stranger 172.30.85.2:443 "a stranger to the proxy"
exit "$failed"
