// Package lab gives tests real servers: the containers of docker-compose.yml, each with a fault on demand.
//
// A test package calls [Main] from its TestMain, and a test takes a server with [Use]:
//
//	func TestMain(m *testing.M) { lab.Main(m) }
//
//	func TestExpiredCertificate(t *testing.T) {
//		server := lab.Use(t, lab.VSFTPD, "tls-expired")
//		dial(server.Addr(lab.Explicit))
//	}
//
// The first Use makes what is missing (base image, images, containers). Test binaries that run at the same time have
// containers and ports of their own and wait for nobody; each removes its containers at its end, and those that a crashed
// one left. A server belongs to one test at a time; switching its fault takes about a quarter of a second and puts
// accounts and files back as they were built.
//
// Without Docker a test that uses a server fails, and says so; with -short it is skipped. There is no third way.
//
// What an image can be switched to stands in its folder under integration/images, ports stand in docker-compose.yml;
// this package knows neither. It is for tests under integration/ only and imports nothing of the product.
package lab
