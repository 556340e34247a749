package classify

// languagePhrases are refusals in other languages than English: of localised Windows and Unix
// systems, and of servers that ship translations. They are written without accents, as [fold] leaves
// them.
func languagePhrases() []phrases {
	return []phrases{
		{"general (German)", "German Windows and glibc texts, Pure-FTPd messages_de.h", inAny, []phrase{
			{denied, strong, anywhere, `
			zugriff verweigert | zugriff nicht gestattet | keine berechtigung | keine rechte | nicht berechtigt |
			erlaubnis verweigert | vorgang nicht zulassig | die operation ist nicht erlaubt`},
			{missing, strong, anywhere, `
			datei*nicht gefunden | datei*nicht finden | nicht gefunden | existiert nicht | pfad*nicht finden |
			datei oder verzeichnis nicht`},
			{only(CauseRemoteDirMissing, CausePathRootDiffers), strong, atPath | atList | atPut | atMkdir, "verzeichnis*nicht | pfad*nicht"},
			{badLogin, strong, atLogin, `
			benutzer kann sich nicht anmelden | anmeldung fehlgeschlagen | anmeldefehler |
			authentifizierung fehlgeschlagen | falsches passwort | falsches kennwort | kennwort ist falsch |
			benutzername oder*kennwort | unbekannter benutzer | anmelden*fehlgeschlagen`},
			{only(CauseSourceIPNotAllowlisted, CauseAccountNotAuthorized), decides + 5, atLogin | atConnect, "aus dem internet | nur im heimnetz | nur aus dem | nicht aus dem ausland"},
			{only(CauseAccountLocked), decides, atLogin, "konto*gesperrt | konto*deaktiviert | benutzer*gesperrt"},
			{only(CauseAccountNotAuthorized), decides, atLogin, "nicht*freigeschaltet | nicht*freigegeben | keine ftp-berechtigung"},
			{only(CauseFileSizeLimit), decides, atPut, "dateigrosse*uberschr | datei*zu gross | maximale dateigrosse"},
			{only(CauseClientBanned), decides, atConnect, "ip*gesperrt | adresse*gesperrt | ip*blockiert"},
			{only(CauseSourceIPNotAllowlisted), decides, atConnect | atLogin, `
			ip-adresse*nicht erlaubt | ip-adresse*nicht zugelassen | ip-adresse*nicht berechtigt | von dieser ip |
			adresse*nicht zugelassen`},
			{only(CausePasswordExpired), decides, atLogin, `
			kennwort*abgelaufen | passwort*abgelaufen | kennwort*geandert werden | passwort*geandert werden`},
			{only(CauseCommandBeforeLogin), strong, anywhere, "nicht angemeldet | bitte zuerst anmelden | bitte anmelden"},
			{only(CauseTooManyConnectionsPerIP, CauseServerConnectionLimit), decides, anywhere, "zuviele verbindungen*ip | zu viele verbindungen*ip | verbindungen von*adresse"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, `
			zu viele verbindungen | zu viele benutzer | zuviele | maximale anzahl | benutzer (maximal) |
			mehr als*verbindungen`},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, `
			festplatte voll | datentrager voll | nicht genug*speicherplatz | nicht genugend speicherplatz |
			kein speicherplatz`},
			{only(CauseQuotaExceeded), decides, anywhere, `
			quota*uberschritten | kontingent*uberschritten | plattenplatzbeschrankung*uberschritten`},
			{taken, strong, anywhere, "existiert bereits | bereits vorhanden | datei existiert"},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "verzeichnis ist nicht leer | nicht leer"},
			{only(CauseFilenamePolicy), decides, anywhere, `
			verbotener dateiname | unzulassiger verzeichnisname | dateiname*ungultig | ungultiger dateiname |
			dateiname ist zu lang`},
			{only(CausePlainFTPRefusedNeedsTLS), decides, atLogin | atConnect, `
			nur mit tls | nur mit ssl | nur uber tls | nur verschlusselt | unverschlusselte sitzungen | verschlusselte verbindung | verschlusselung erforderlich | tls*erforderlich | ssl*erforderlich`},
			{only(CauseHomeDirectoryInaccessible), decides, atLogin, "home-verzeichnis nicht | basisverzeichnis*nicht | heimatverzeichnis*nicht"},
			{only(CauseAnonymousRefused), decides, atLogin, "keine anonyme anmeldung | anonyme*nicht erlaubt"},
			{timedOut, strong, anywhere, "zeituberschreitung | zeitlimit | wartezeit uberschritten"},
			{refused, strong, anywhere, "verbindung*verweigert | verbindungsaufbau abgelehnt | verbindung abgelehnt"},
			{reset, strong, anywhere, "verbindung*zuruckgesetzt | remotehost geschlossen | verbindung*abgebrochen"},
			{only(CauseServerPASVBindFailure), decides, anywhere, "alle reservierten tcp-ports"},
			{only(CauseActiveRefused), decides, anywhere, "aktives ftp ist"},
			{only(CausePortPrivateAddress), decides, anywhere, "keine verbindung mit*nur zu"},
			{only(CauseCommandNotSupported), strong, atSetup, "unbekannter befehl | befehl nicht"},
			{only(CauseServiceUnavailable), strong, anywhere, "wartungsarbeiten | dienst nicht verfugbar | server wird heruntergefahren"},
			{only(CauseDNSFailure), decides, anywhere, `
			host ist unbekannt | der name oder der dienst ist nicht bekannt | name*nicht aufgelost`},
			{only(CauseHostUnreachable), decides, atConnect, "keine route zum | netzwerk ist nicht erreichbar"},
		}},
		{"general (several)", "wording of account ages in French, Spanish, Italian, Portuguese, Polish, Russian, Chinese and Japanese", inAny, []phrase{
			{only(CausePasswordExpired, CauseAccountLocked), decides, atLogin, `
			compte expire | compte a expire | mot de passe expire | mot de passe a expire | caducad | expirad | scadut | wygasl | истек | 过期 | 期限が切れ`},
		}},
		{"general (French)", "French Windows and glibc texts, Pure-FTPd messages_fr.h", inAny, []phrase{
			{denied, strong, anywhere, `
			acces refuse | permission non accordee | permission refusee | operation non | acces interdit |
			droits insuffisants | n'avez pas les droits | non autorise`},
			{missing, strong, anywhere, `
			introuvable | n'existe pas | fichier inexistant | fichier specifie | aucun fichier ou dossier`},
			{only(CauseRemoteDirMissing, CausePathRootDiffers), strong, atPath | atList | atPut | atMkdir, `
			repertoire*n'existe pas | dossier*n'existe pas | chemin*introuvable | chemin d'acces specifie`},
			{badLogin, strong, atLogin, `
			l'utilisateur ne peut pas se connecter | ne peut pas ouvrir de session | identification incorrecte |
			authentification*echou | mot de passe*incorrect | echec de l'authentification | utilisateur inconnu |
			nom d'utilisateur ou*mot de passe | echec d'ouverture de session`},
			{only(CauseAccountLocked), decides, atLogin, "compte*desactive | compte*verrouille | compte*bloque | utilisateur*desactive | utilisateur*bloque"},
			{only(CauseSessionLimitAsAuthFailure, CauseServerConnectionLimit), decides, atLogin, "deja connecte | trop de sessions"},
			{only(CauseClientBanned), decides, atConnect, "ip*banni | adresse*bannie | ip*bloquee"},
			{only(CauseSourceIPNotAllowlisted), decides, atConnect | atLogin, "adresse ip*non autorisee | adresse ip*pas autorisee | ip*non autorise"},
			{only(CausePasswordExpired), decides, atLogin, "mot de passe*expire | mot de passe*doit etre change"},
			{only(CauseCommandBeforeLogin), strong, anywhere, "n'etes pas connecte | veuillez vous identifier | non connecte"},
			{only(CauseTooManyConnectionsPerIP, CauseServerConnectionLimit), decides, anywhere, "trop de connexions*ip"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, `
			trop de connexions | trop d'utilisateurs | (le maximum) | nombre maximum | nombre maximal`},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, `
			disque plein | espace disque insuffisant | plus d'espace | espace insuffisant | aucun espace disponible`},
			{only(CauseQuotaExceeded), decides, anywhere, "quota*depasse | quota*atteint"},
			{taken, strong, anywhere, "existe deja"},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "n'est pas vide | non vide"},
			{only(CauseFilenamePolicy), decides, anywhere, `
			nom de fichier interdit | nom de repertoire interdit | nom de fichier*invalide |
			nom de fichier*incorrect | nom de fichier trop long`},
			{only(CausePlainFTPRefusedNeedsTLS), decides, atLogin | atConnect, "sessions en clair | tls*obligatoire | ssl*obligatoire | chiffrement*requis | doit etre chiffree | connexion chiffree"},
			{only(CauseHomeDirectoryInaccessible), decides, atLogin, `
			repertoires utilisateurs*inaccessible | repertoire de base*inaccessible | acceder au repertoire |
			repertoire personnel*inaccessible`},
			{timedOut, strong, anywhere, "delai*depasse | temps de*depasse | delai d'attente | delai expire"},
			{refused, strong, anywhere, "connexion refusee"},
			{reset, strong, anywhere, "connexion*reinitialisee | connexion existante*fermee | connexion*interrompue"},
			{only(CauseServerPASVBindFailure), decides, anywhere, "tous les ports tcp reserves"},
			{only(CauseActiveRefused), decides, anywhere, "mode actif desactive"},
			{only(CausePortPrivateAddress), decides, anywhere, "n'ouvrirai pas de connexion"},
			{only(CauseCommandNotSupported), strong, atSetup, "commande inconnue | commande non"},
			{only(CauseServiceUnavailable), strong, anywhere, "en maintenance | service indisponible | service non disponible"},
		}},
		{"general (Spanish)", "Spanish Windows and glibc texts, Pure-FTPd messages_es.h", inAny, []phrase{
			{denied, strong, anywhere, `
			acceso denegado | permiso denegado | operacion no permitida | no tiene permiso | sin permiso |
			no autorizado`},
			{missing, strong, anywhere, `
			no existe | no se encuentra | no se encontro | no se puede encontrar | no encontrado |
			no puede encontrar`},
			{only(CauseRemoteDirMissing, CausePathRootDiffers), strong, atPath | atList | atPut | atMkdir, "directorio*no existe | carpeta*no existe | ruta*no | ruta especificada"},
			{badLogin, strong, atLogin, `
			usuario no puede iniciar | inicio de sesion*incorrecto | autenti*fallida | autenticacion*fallida |
			contrasena*incorrecta | clave*incorrecta | usuario*desconocido | usuario o*contrasena |
			error de inicio de sesion | acceso incorrecto | fallo de autenti`},
			{only(CauseAccountLocked), decides, atLogin, "cuenta*deshabilitada | cuenta*bloqueada | cuenta*desactivada | usuario*deshabilitado | usuario*bloqueado"},
			{only(CausePasswordExpired), decides, atLogin, "contrasena*caducado | contrasena*expirado | clave*caducado | cambiar*contrasena"},
			{only(CauseTooManyConnectionsPerIP, CauseServerConnectionLimit), decides, anywhere, "demasiadas conexiones*ip"},
			{only(CauseSourceIPNotAllowlisted), decides, atConnect | atLogin, "direccion ip*no esta autorizada | direccion ip*no autorizada | ip*no permitida"},
			{only(CauseClientBanned), decides, atConnect, "ip*bloqueada | direccion*bloqueada | ip*baneada"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "demasiadas conexiones | demasiados usuarios | (el maximo) | numero maximo"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "disco lleno | espacio insuficiente | no hay*espacio | no queda espacio"},
			{only(CauseQuotaExceeded), decides, anywhere, "cuota*excedida | cuota*superada"},
			{taken, strong, anywhere, "ya existe"},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "no esta vacio"},
			{only(CauseFilenamePolicy), decides, anywhere, `
			nombre de archivo prohibido | nombre de directorio prohibido | nombre de archivo*no valido |
			nombre*demasiado largo`},
			{only(CausePlainFTPRefusedNeedsTLS), decides, atLogin | atConnect, "sesiones sin cifrar | requiere*tls | requiere*ssl | requiere cifrado"},
			{only(CauseHomeDirectoryInaccessible), decides, atLogin, "directorio home no | directorio*particular*no | directorio principal*inaccesible"},
			{timedOut, strong, anywhere, "tiempo de espera | tiempo agotado | se agoto el tiempo | expiro el tiempo"},
			{refused, strong, anywhere, "conexion rechazada | conexion rehusada | denego expresamente"},
			{reset, strong, anywhere, "conexion*reinicializada | conexion*restablecida | interrupcion forzada"},
			{only(CauseServerPASVBindFailure), decides, anywhere, "puertos tcp reservados*ocupados"},
			{only(CauseActiveRefused), decides, anywhere, "modo activo*desactivado"},
			{only(CauseServiceUnavailable), strong, anywhere, "mantenimiento | servicio no disponible"},
		}},
		{"general (Italian)", "Italian Windows and glibc texts, Pure-FTPd messages_it.h", inAny, []phrase{
			{denied, strong, anywhere, `
			accesso negato | permesso negato | operazione non permessa | permesso non accordato | non autorizzato`},
			{missing, strong, anywhere, "non trovato | non esiste | possibile trovare | file o directory non"},
			{badLogin, strong, atLogin, `
			login errato | accesso non riuscito | autenticazione fallita | password errata | utente sconosciuto |
			possibile accedere | credenziali | utente o*password | password*non valid`},
			{only(CauseTooManyConnectionsPerIP, CauseServerConnectionLimit), decides, anywhere, "troppe connessioni*ip"},
			{only(CauseSourceIPNotAllowlisted), decides, atConnect | atLogin, "indirizzo ip*non autorizzato | ip*non consentito"},
			{only(CauseAccountLocked), decides, atLogin, "account*disabilitato | account*bloccato | utente*disabilitato | utente*bloccato"},
			{only(CausePasswordExpired), decides, atLogin, "password*scaduta"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "troppe connessioni | troppi utenti | numero massimo"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "disco pieno | spazio*insufficiente | spazio esaurito"},
			{only(CauseQuotaExceeded), decides, anywhere, "quota*superata | quota*ecceduta"},
			{only(CauseClientBanned), decides, atConnect, "ip*bloccato | indirizzo*bloccato"},
			{taken, strong, anywhere, "esiste gia | gia esistente"},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "non e vuota | directory non vuota"},
			{timedOut, strong, anywhere, "tempo scaduto | tempo*esaurito | timeout della connessione"},
			{refused, strong, anywhere, "connessione rifiutata"},
			{reset, strong, anywhere, "connessione*interrotta | corrispondente remoto | connessione*reimpostata"},
			{only(CauseServiceUnavailable), strong, anywhere, "manutenzione | servizio non disponibile"},
		}},
		{"general (Portuguese)", "Portuguese Windows and glibc texts, Pure-FTPd messages_pt_br.h", inAny, []phrase{
			{denied, strong, anywhere, `
			acesso negado | permissao negada | operacao nao permitida | sem permissao | nao autorizado`},
			{missing, strong, anywhere, `
			nao encontrado | nao existe | nao foi possivel encontrar | nao foi possivel localizar |
			nao pode encontrar | arquivo ou diretorio`},
			{badLogin, strong, atLogin, `
			login incorreto | falha*autenticacao | senha*incorreta | senha*invalida | usuario*desconhecido |
			usuario ou senha | falha de logon | nao pode fazer logon`},
			{only(CauseAccountLocked), decides, atLogin, "conta*desabilitada | conta*bloqueada | conta*desativada | usuario*bloqueado | usuario*desativado"},
			{only(CausePasswordExpired), decides, atLogin, "senha*expirou | senha*expirada"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "muitas conexoes | demasiadas ligacoes | muitos usuarios | numero maximo"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "disco cheio | espaco insuficiente | nao ha espaco"},
			{only(CauseQuotaExceeded), decides, anywhere, "quota*excedida | cota*excedida"},
			{taken, strong, anywhere, "ja existe"},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "nao esta vazi"},
			{timedOut, strong, anywhere, "tempo limite | tempo esgotado | tempo de espera"},
			{refused, strong, anywhere, "conexao recusada | ligacao recusada"},
			{reset, strong, anywhere, "conexao*redefinida | conexao*cancelada pelo | conexao*encerrada"},
			{only(CauseServiceUnavailable), strong, anywhere, "manutencao | servico indisponivel"},
		}},
		{"general (Dutch)", "Dutch Windows and glibc texts, Pure-FTPd messages_nl.h", inAny, []phrase{
			{denied, strong, anywhere, `
			toegang geweigerd | toegang is geweigerd | niet toegestaan | geen toestemming |
			bewerking niet toegestaan`},
			{missing, strong, anywhere, "niet gevonden | bestaat niet | kan*niet vinden"},
			{badLogin, strong, atLogin, `
			aanmelden mislukt | aanmelding mislukt | authenticatie mislukt | onjuist wachtwoord | wachtwoord onjuist |
			onbekende gebruiker | kan zich niet aanmelden`},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "te veel verbindingen | te veel gebruikers | maximum aantal"},
			{only(CauseAccountLocked), decides, atLogin, "account*vergrendeld | account*geblokkeerd | account*uitgeschakeld"},
			{only(CausePasswordExpired), decides, atLogin, "wachtwoord*verlopen"},
			{only(CauseQuotaExceeded), decides, anywhere, "quotum*overschreden | quota*overschreden"},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "map is niet leeg | directory is niet leeg"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "schijf vol | schijf is vol | onvoldoende*ruimte | geen ruimte"},
			{taken, strong, anywhere, "bestaat al | bestaat reeds"},
			{timedOut, strong, anywhere, "time-out | tijd verstreken | wachttijd"},
			{refused, strong, anywhere, "verbinding*geweigerd"},
			{only(CauseServiceUnavailable), strong, anywhere, "onderhoud | dienst niet beschikbaar"},
		}},
		{"general (Polish)", "Polish Windows and glibc texts, Pure-FTPd messages_pl.h", inAny, []phrase{
			{denied, strong, anywhere, "odmowa dostepu | brak dostepu | brak uprawnien | operacja niedozwolona"},
			{missing, strong, anywhere, "nie istnieje | nie znaleziono | nie ma takiego pliku | nie mozna odnalezc"},
			{badLogin, strong, atLogin, `
			blad logowania | bledne haslo | nieprawidlowe haslo | autoryzacja nieudana | uwierzytelnianie nie |
			logowanie nie powiodlo`},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "zbyt wiele polaczen | za duzo polaczen | zbyt duzo polaczen | maksymalna liczba"},
			{only(CauseAccountLocked), decides, atLogin, "konto*zablokowane | konto*wylaczone"},
			{only(CausePasswordExpired), decides, atLogin, "haslo*wygaslo"},
			{only(CauseQuotaExceeded), decides, anywhere, "przekroczon*limit*dysk | przekroczon*quota"},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "katalog nie jest pusty"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "dysk pelny | brak miejsca | za malo miejsca"},
			{taken, strong, anywhere, "juz istnieje"},
			{timedOut, strong, anywhere, "przekroczono czas | uplynal limit czasu | przekroczony limit czasu"},
			{refused, strong, anywhere, "polaczenie odrzucone | odmowa polaczenia"},
		}},
		{"general (Scandinavian)", "Swedish, Danish and Norwegian texts", inAny, []phrase{
			{denied, strong, anywhere, `
			atkomst nekad | adgang naegtet | tilgang nektet | tilladelse naegtet | inte tillaten | ikke tilladt |
			ikke tillatt`},
			{missing, strong, anywhere, "hittades inte | finns inte | findes ikke | finnes ikke | ikke fundet | ikke funnet"},
			{badLogin, strong, atLogin, `
			inloggning misslyckades | fel losenord | felaktigt losenord | forkert adgangskode | feil passord |
			innlogging feilet | login mislykkedes`},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "for manga anslutningar | for mange forbindelser | for mange tilkoblinger"},
			{only(CauseAccountLocked), decides, atLogin, "kontot ar last | kontot*sparrat | kontoen er last | kontoen*sperret"},
			{only(CausePasswordExpired), decides, atLogin, "losenordet har gatt ut | adgangskoden er udlobet | passordet er utlopt | passordet har utlopt"},
			{taken, strong, anywhere, "finns redan | findes allerede | finnes allerede"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "disken ar full | disken er fuld | disken er full | ikke nok plads | ikke nok plass"},
			{refused, strong, anywhere, "anslutning*nekad | forbindelse*afvist | tilkobling*avvist"},
		}},
		{"general (Czech, Slovak, Hungarian)", "texts of localised Windows and glibc, Pure-FTPd translations", inAny, []phrase{
			{denied, strong, anywhere, `
			pristup odepren | pristup zamietnuty | pristup byl odepren | operacia nie je povolena |
			operace neni povolena | hozzaferes megtagadva | engedely megtagadva`},
			{missing, strong, anywhere, `
			soubor nenalezen | nelze najit | neexistuje | subor nenajdeny | nem talalhato | nem letezik`},
			{badLogin, strong, atLogin, `
			prihlaseni se nezdarilo | chybne heslo | nespravne heslo | neplatne heslo | sikertelen azonositas |
			hibas jelszo | bejelentkezes sikertelen`},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, `
			prilis mnoho spojeni | prilis mnoho pripojeni | prilis vela spojeni | tul sok kapcsolat`},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "disk je plny | nedostatek mista | nedostatok miesta | nincs eleg hely | megtelt"},
		}},
		{"general (Russian)", "Russian Windows and glibc texts, Pure-FTPd messages_ru.h", inAny, []phrase{
			{denied, strong, anywhere, `
			отказано в доступе | доступ запрещен | доступ запрещён | нет доступа | операция не позволена |
			недостаточно прав`},
			{missing, strong, anywhere, "не найден | нет такого файла | не существует | не удается найти | не удаётся найти"},
			{badLogin, strong, atLogin, `
			неверный пароль | неправильный пароль | ошибка входа | ошибка авторизации | ошибка аутентификации |
			неверное имя пользователя | вход не выполнен`},
			{only(CauseTooManyConnectionsPerIP, CauseServerConnectionLimit), decides, anywhere, "слишком много*ip | слишком много*адреса"},
			{only(CauseAccountLocked), decides, atLogin, "заблокирован | отключена | отключен~"},
			{only(CausePasswordExpired), decides, atLogin, "срок действия пароля | пароль*истек"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "слишком много соединений | слишком много подключений | слишком много пользователей"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "диск переполнен | недостаточно места | нет места"},
			{taken, strong, anywhere, "уже существует"},
			{only(CauseQuotaExceeded), decides, anywhere, "квот*превышен | превышен*квот"},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "каталог не пуст | папка не пуста"},
			{timedOut, strong, anywhere, "время ожидания | превышен таймаут | тайм-аут"},
			{refused, strong, anywhere, "в соединении отказано | подключение*отвергнуто"},
		}},
		{"general (Turkish)", "Turkish texts, Pure-FTPd messages_tr.h", inAny, []phrase{
			{denied, strong, anywhere, "erisim engellendi | izin verilmedi | erisim reddedildi"},
			{missing, strong, anywhere, "bulunamadi | mevcut degil"},
			{only(CauseAccountLocked), decides, atLogin, "hesap*kilit | hesabiniz*kilit"},
			{taken, strong, anywhere, "zaten var"},
			{badLogin, strong, atLogin, "giris basarisiz | kimlik dogrulama*basarisiz | hatali sifre | yanlis sifre"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "cok fazla baglanti"},
		}},
		{"general (Chinese)", "Chinese Windows and glibc texts, Pure-FTPd messages_zh_*.h", inAny, []phrase{
			{denied, strong, anywhere, "拒绝访问 | 拒絕存取 | 权限不够 | 權限不足 | 权限不足 | 没有权限 | 不允许的操作 | 訪問被拒"},
			{missing, strong, anywhere, "找不到 | 不存在 | 没有那个文件 | 沒有此一檔案"},
			{badLogin, strong, atLogin, "登录失败 | 登入失敗 | 密码错误 | 密碼錯誤 | 认证失败 | 認證失敗 | 无法登录 | 用户名或密码 | 用户无法登录"},
			{only(CauseAccountLocked), decides, atLogin, "账户*锁定 | 帐户*锁定 | 已锁定 | 已禁用"},
			{only(CausePasswordExpired), decides, atLogin, "密码已过期 | 密碼已過期 | 密码过期"},
			{only(CauseServiceUnavailable), strong, anywhere, "维护中 | 正在维护 | 服务不可用"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "连接数过多 | 連線數過多 | 太多连接 | 用户过多 | 连接过多 | 达到最大"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "磁盘已满 | 磁碟已滿 | 空间不足 | 空間不足"},
			{only(CauseQuotaExceeded), decides, anywhere, "超出配额 | 超過配額 | 超出磁盘限额"},
			{taken, strong, anywhere, "已存在 | 已经存在"},
			{timedOut, strong, anywhere, "超时 | 逾時"},
			{refused, strong, anywhere, "拒绝连接 | 连接被拒绝 | 連線被拒"},
		}},
		{"general (Japanese)", "Japanese Windows and glibc texts", inAny, []phrase{
			{denied, strong, anywhere, "アクセスが拒否 | 許可がありません | 許可されていない | 権限がありません"},
			{missing, strong, anywhere, "見つかりません | 存在しません | そのようなファイルやディレクトリ"},
			{badLogin, strong, atLogin, "ログインできません | ログインに失敗 | 認証に失敗 | パスワードが違 | パスワードが正しく | パスワードが間違"},
			{only(CauseAccountLocked), decides, atLogin, "ロックされて | ロックアウト | 無効化されて | 停止されて"},
			{only(CausePasswordExpired), decides, atLogin, "有効期限が切れ | 期限切れ | パスワードを変更"},
			{only(CauseServiceUnavailable), strong, anywhere, "メンテナンス | サービスを利用できません | 停止中"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "接続が多すぎ | 接続数が | 最大接続"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "空き領域 | 容量が不足 | ディスクがいっぱい"},
			{only(CauseQuotaExceeded), decides, anywhere, "クォータ | クオータ | 割り当て*超"},
			{taken, strong, anywhere, "すでに存在 | 既に存在"},
			{only(CauseDirectoryNotEmpty), decides, anywhere, "空ではありません"},
			{timedOut, strong, anywhere, "タイムアウト"},
			{refused, strong, anywhere, "接続を拒否 | 接続が拒否"},
		}},
		{"general (Korean)", "Korean Windows texts, Pure-FTPd messages_kr.h", inAny, []phrase{
			{denied, strong, anywhere, "액세스가 거부 | 권한이 없 | 허가 거부 | 접근이 거부"},
			{missing, strong, anywhere, "찾을 수 없 | 존재하지 않"},
			{only(CauseDiskFull, CauseQuotaExceeded), strong, anywhere, "공간이 부족 | 디스크가 가득 | 용량이 부족"},
			{only(CauseQuotaExceeded), decides, anywhere, "할당량*초과"},
			{taken, strong, anywhere, "이미 존재"},
			{only(CauseAccountLocked), decides, atLogin, "계정*잠겨 | 계정이 잠"},
			{only(CausePasswordExpired), decides, atLogin, "암호*만료 | 비밀번호*만료"},
			{badLogin, strong, atLogin, "로그인할 수 없 | 로그인 실패 | 인증 실패 | 인증에 실패 | 암호가 올바르지"},
			{only(CauseServerConnectionLimit, CauseTooManyConnectionsPerIP), strong, anywhere, "접속자가 너무 | 연결이 너무 | 최대 접속"},
		}},
	}
}
