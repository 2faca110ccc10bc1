/**
 * Tables of the words that names of secrets are made of. A phrase of several words is separated by blanks; all are in
 * small letters without accents.
 */

/** A name that ends so is that of a secret, whatever stands before it. */
export const SECRET_ENDINGS: readonly string[] = [
  // English
  ..."password passwords passwd pw passphrase passphrases pwd passcode secret secrets bearer jwt dsn mnemonic psk".split(
    " ",
  ),
  ..."pin,pin code,cvv,cvc,otp,totp,seed phrase,recovery phrase,phrase de recuperation,recovery code,backup code,connection string".split(
    ",",
  ),
  ..."set cookie,authorization,pass phrase,pass word,api hash,csrf,xsrf,secret key base,auth salt,nonce salt,logged in salt".split(
    ",",
  ),
  // French, German, Spanish, Italian, Portuguese, Dutch
  ..."mot de passe,motdepasse,mots de passe,mdp,code pin,code secret,code d acces,code acces,phrase secrete".split(
    ",",
  ),
  ..."passwort,kennwort,geheimnis,losungswort,contrasena,secreto,segreto,parola d ordine,senha,segredo,wachtwoord".split(
    ",",
  ),
  ..."code confidentiel,identifiant secret,secret partage,secret client,secret compartido,secreto compartido,segreto condiviso,geteiltes geheimnis,palavra passe,palavra chave secreta,zugangscode".split(
    ",",
  ),
  // Polish, Swedish, Danish, Norwegian, Finnish, Czech, Turkish, Romanian, Russian, Chinese, Japanese, Korean
  ..."haslo losenord adgangskode passord salasana heslo sifre пароль секрет 密码 密碼 パスワード 비밀번호 暗証番号 kodeord jelszo lozinka السر المرور".split(
    " ",
  ),
];

/** Words for a token; bare, they also name parts of texts. */
export const TOKEN_WORDS: ReadonlySet<string> = new Set([
  "token",
  "jeton",
  "токен",
  "令牌",
  "トークン",
  "토큰",
  "zugriffstoken",
]);
export const TOKENS_WORDS: ReadonlySet<string> = new Set(["tokens", "jetons"]);
/** Words before `token` that make it a piece of text, a place in a list or a mark of a model. */
export const ORDINARY_TOKENS: ReadonlySet<string> = new Set(
  (
    "pad eos bos eot eom unk sep cls mask page nextpage continuation cursor next stop start begin end first last special prompt completion input output " +
    "decoded sub added current previous prev top sync image audio video think thinking tool max min num count n total per new reasoning cached accepted " +
    "rejected prediction draft target pagination lookahead peek word string number lexer parse parser text line call content single each every any role system " +
    "cancellation cancel ct design color colour resume list watch skip delta snapshot fencing lease kind type is has no of as by visual vision document generated " +
    "sampled logprob vocab vocabulary bpe wordpiece subword punctuation newline whitespace separator operator keyword identifier literal comment syntax semantic " +
    "suivant precedent debut fin"
  ).split(" "),
);

/** Words for a key, before or after which stands what it opens. */
export const KEY_WORDS: ReadonlySet<string> = new Set(
  "key cle clef schluessel schlussel clave chiave chave sleutel klucz nyckel nogle ключ 密钥 密匙 金鑰 キー 키".split(
    " ",
  ),
);
export const KEYS_WORDS: ReadonlySet<string> = new Set("keys cles clefs claves chiavi chaves".split(" "));
/** Words that make a key one of a table, a keyboard, a cipher's public half or a door. */
export const ORDINARY_KEYS: ReadonlySet<string> = new Set(
  (
    "public publique publica pubblica offentlicher oeffentlicher primary primaire primaria foreign etrangere sort partition cache object s i18n translation map dict " +
    "group index unique hot shortcut arrow idempotency prompt next answer row column composite candidate surrogate natural range lookup search item json " +
    "yaml property attribute meta metadata param parameter query field form sub parent child root node tree msg message error locale lang language text label " +
    "title name tag type kind style theme color react list loop iteration enter return escape esc tab shift ctrl alt space delete function fn media " +
    "any each dedup dedupe deduplication routing shard sharding bucket join order filter feature flag event metric topic stream record document doc chunk " +
    "collection path dir image video audio musical music song minor major piano keyboard house car door registry reg windows state first last current " +
    "previous prev left right up down same other ratelimit websocket pinning host known is has no num count n max min usb sol voute mot mots palabra parola " +
    "wrong missing invalid legend map value values string id usage binding press code issue ticket project board page pagination"
  ).split(" "),
);

/** Words that make a plural one of credentials: `api_keys`, not `keys` of a table. */
export const CREDENTIAL_QUALIFIERS: ReadonlySet<string> = new Set(
  "api access acceso accesso acesso zugriff acces secret auth private refresh bearer id session oauth bot deploy service user admin master signing acces secretes privees d acesso".split(
    " ",
  ),
);

/** Words after a name that say which of several it is, or how it is spelled: `password_hash`, `api_key_prod`. */
export const SUFFIXES: ReadonlySet<string> = new Set(
  (
    "hash hashed value plaintext plain text raw encrypted encoded b base64 prod production dev development staging stage test testing live " +
    "old new default backup tmp temp local main eu us fr string str bis primary secondary current"
  ).split(" "),
);

/**
 * Names that end like those of secrets and are about something else, in their plain form. A member that the pinned
 * OpenAPIs declare as something else belongs here.
 */
export const HARMLESS_NAMES: ReadonlySet<string> = new Set(
  (
    "promptcachekey publickey publickeys primarykey foreignkey nextpagetoken pagetoken nexttoken continuationtoken passage passages maxtokens compass bypass " +
    "safetyidentifier keyid apikeyid accesskeytype tokentype tokenid tokenids tokenizer passwordpolicy passwordhint author oauth compat format repeat chat " +
    "concat float stat heartbeat path pattern patterns pat heartbeattoken monkey turkey donkey hockey whiskey keyword keywords keyboard"
  ).split(" "),
);

/** First words of names that ask, count or do something with a secret. */
export const ORDINARY_BEGINNINGS: ReadonlySet<string> = new Set(
  (
    "is has no with without show hide forgot forgotten change require requires required min max num count n enable enabled disable disabled allow use uses need " +
    "needs invalid missing wrong expired get validate check verify parse generate can should must did ask prompt remember toggle incorrect bad"
  ).split(" "),
);

/** Words before `pass` that make it a run, a filter or a ticket. */
export const ORDINARY_PASSES: ReadonlySet<string> = new Set(
  "first second third fourth final one two single multi boarding low high band all render forward backward test tests test ski by next last did rail day full fast each per".split(
    " ",
  ),
);

/** Headers whose whole value is a credential, or names the account, beside those that their words tell; in plain form. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(
  (
    "authorization proxyauthorization authentication proxyauthentication token key ak sk apikey auth access sig signature xsignature xamzcredential xforwardedauthorization " +
    "xoriginalauthorization csrf xcsrf xxsrf sessionid sid xsid openaiorganization openaiproject xclientsecret xauth xsig xaccess xcredential xkey xtoken xnewtoken xmsclientprincipal xjwtassertion xgoogiapjwtassertion xamznoidcdata"
  ).split(" "),
);

/** Headers that end like credentials and are none; in plain form. */
export const HARMLESS_HEADERS: ReadonlySet<string> = new Set(
  "idempotencykey xidempotencykey secwebsocketkey surrogatekey cachekey xcachekey wwwauthenticate signatureinput keepalive xstainlesshelpermethod".split(
    " ",
  ),
);

/** Quick look: a text without a part of a telling name holds none. Also finds names without accents and of two words. */
export const NAME_HINT: RegExp =
  /pass|pwd|pw\b|mdp|csrf|xsrf|api[_ -]?hash|mot[ _-]?de|secret|segret|secreto|segredo|key|cle[fs]?\b|cl[eé]|token|jeton|credential|auth|cookie|string|dsn|session|otp|\bpat\b|pin\b|cvv|cvc|bearer|jwt|mnemonic|phrase|code|contrase|clave|chiave|chave|senha|kennwort|geheim|losung|schl[uü]|wachtwoord|sleutel|has[lł]o|klucz|l[oö]senord|nyckel|salasana|heslo|[sş]ifre|parola|kodeord|jelszo|lozinka|signature|hmac|private|(?:\b|_)(?:sig|[as]k|sid)\b|psk|salt|[\u0370-\uffff]/i;
