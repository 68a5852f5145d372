// A DNS server that stands in for CoreDNS: it answers the names of a cluster's services.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"io/ioutil"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

var kubernetesBlock = regexp.MustCompile(`(?m)^\s*kubernetes\s+([a-z0-9.-]+)`)

// domainOf reads the cluster's domain from a Corefile; without a file it is cluster.local.
func domainOf(corefile string) string {
	if corefile == "" {
		return "cluster.local"
	}
	text, err := ioutil.ReadFile(corefile)
	if err != nil {
		log.Fatal(err)
	}
	found := kubernetesBlock.FindSubmatch(text)
	if found == nil {
		log.Fatalf("%s has no line \"kubernetes DOMAIN\"", corefile)
	}
	return string(found[1])
}

func main() {
	corefile := flag.String("conf", "", "Corefile; only its kubernetes line is read")
	listen := flag.String("listen", ":53", "address for DNS, udp and tcp")
	health := flag.String("health", ":8080", "address for /health")
	readiness := flag.String("ready", ":8181", "address for /ready")
	flag.Parse()

	z := newZone(domainOf(*corefile))
	udp, err := net.ListenPacket("udp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	tcp, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	go z.follow()
	go serveUDP(udp, z)
	go serveTCP(tcp, z)
	go serveProbe(*health, "/health", func() bool { return true })
	go serveProbe(*readiness, "/ready", z.ready)

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	<-signals
}

func serveUDP(connection net.PacketConn, z *zone) {
	buffer := make([]byte, 4096)
	for {
		size, from, err := connection.ReadFrom(buffer)
		if err != nil {
			log.Fatal(err)
		}
		if answer := respond(buffer[:size], z.domain, z.find); answer != nil {
			connection.WriteTo(answer, from)
		}
	}
}

func serveTCP(listener net.Listener, z *zone) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer connection.Close()
			for {
				connection.SetDeadline(time.Now().Add(10 * time.Second))
				var size uint16
				if binary.Read(connection, binary.BigEndian, &size) != nil {
					return
				}
				message := make([]byte, size)
				if _, err := io.ReadFull(connection, message); err != nil {
					return
				}
				answer := respond(message, z.domain, z.find)
				if answer == nil {
					return
				}
				binary.Write(connection, binary.BigEndian, uint16(len(answer)))
				connection.Write(answer)
			}
		}()
	}
}

func serveProbe(address, path string, good func() bool) {
	mux := http.NewServeMux()
	mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if !good() {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "OK")
	})
	log.Fatal(http.ListenAndServe(address, mux))
}
