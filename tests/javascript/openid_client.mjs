// An unmodified relying party: openid-client from npm. The test that starts it plays the
// browser: it is told where to go (`authorize`), and answers with the address it ended at.
import readline from 'node:readline'
import * as client from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, AUTH_METHOD, RESPONSE_MODE } = process.env
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = (message) => console.log(JSON.stringify(message))
const hear = async () => JSON.parse((await lines.next()).value)

const authentication = {
  client_secret_basic: () => client.ClientSecretBasic(CLIENT_SECRET),
  client_secret_post: () => client.ClientSecretPost(CLIENT_SECRET),
  client_secret_jwt: () => client.ClientSecretJwt(CLIENT_SECRET),
  none: () => client.None(),
}[AUTH_METHOD]()

const config = await client.discovery(
  new URL(ISSUER), CLIENT_ID, { token_endpoint_auth_method: AUTH_METHOD }, authentication,
  { execute: [client.allowInsecureRequests] },
)
const code_verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const nonce = client.randomNonce()
const parameters = {
  redirect_uri: REDIRECT_URI,
  scope: 'openid profile email offline_access',
  code_challenge: await client.calculatePKCECodeChallenge(code_verifier),
  code_challenge_method: 'S256',
  prompt: 'consent',
  state,
  nonce,
}
if (RESPONSE_MODE === 'form_post') parameters.response_mode = 'form_post'
say({ authorize: client.buildAuthorizationUrl(config, parameters).href })

const came = await hear()
const back = came.body
  ? new Request(REDIRECT_URI, {
      method: 'POST', body: came.body, headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  : new URL(came.url)
const tokens = await client.authorizationCodeGrant(config, back, {
  pkceCodeVerifier: code_verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
})
const claims = tokens.claims()
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token)
let introspected = {}
if (AUTH_METHOD !== 'none') introspected = await client.tokenIntrospection(config, refreshed.access_token)
await client.tokenRevocation(config, refreshed.refresh_token)
let afterRevocation = 'still honoured'
try {
  await client.refreshTokenGrant(config, refreshed.refresh_token)
} catch (error) {
  afterRevocation = error.error
}
const logout = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token }).href
say({ claims, userinfo, introspected, afterRevocation, refreshed: refreshed.access_token !== tokens.access_token, logout })
process.exit(0)
