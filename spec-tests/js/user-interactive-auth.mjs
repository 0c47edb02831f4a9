// User-interactive authentication:
// https://spec.matrix.org/v1.18/client-server-api/#user-interactive-authentication-api

/**
 * Sends a request, answering the stages that the server asks for one by one.
 *
 * @param makeRequest sends the request with the given `auth` object, or none if it is null
 * @param answers what to put in `auth` for each stage that can be answered, by the stage's type
 */
export async function authenticated(makeRequest, answers) {
  let auth = null;
  for (;;) {
    try {
      return await makeRequest(auth);
    } catch (error) {
      auth = nextAnswer(error, auth, answers);
    }
  }
}

function nextAnswer(error, previous, answers) {
  const { flows, session, completed = [], errcode } = error.data ?? {};
  if (error.httpStatus !== 401 || !flows) throw error;
  const flow = flows.find(({ stages }) => stages.every((stage) => stage in answers));
  if (!flow) {
    const known = Object.keys(answers).join(", ");
    throw new Error(`None of the flows ${JSON.stringify(flows)} can be answered with ${known}`);
  }
  const type = flow.stages.find((stage) => !completed.includes(stage));
  if (!type) throw new Error(`All of ${flow.stages} is completed, yet the server asks again`);
  if (previous?.type === type) {
    throw new Error(`The answer to ${type} was refused: ${errcode ?? JSON.stringify(error.data)}`);
  }
  return { ...answers[type], type, session };
}
