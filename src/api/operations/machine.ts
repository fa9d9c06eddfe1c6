/** Operations on the machine: the kill switch and residue. */
import { z } from "zod";
import * as bodies from "../bodies.ts";
import { type ApiOperation, control, read } from "../operation.ts";

export const machineOperations: readonly ApiOperation[] = [
  {
    ...read,
    id: "getSwitch",
    path: "/switch",
    tag: "machine",
    says: "Returns the kill switch.",
    success: { status: 200, schema: bodies.switchSchema },
    problems: [],
  },
  {
    ...control,
    id: "setSwitch",
    method: "PUT",
    path: "/switch",
    tag: "machine",
    says: "Sets the kill switch: on heals and stops every run that listens to controls and forbids new ones until it is off again.",
    body: bodies.switchBody,
    success: { status: 200, schema: bodies.switchSchema },
    problems: [507],
  },
  {
    ...read,
    id: "findResidue",
    path: "/residue",
    tag: "machine",
    says: "Lists what earlier runs left behind by their journals.",
    success: { status: 200, schema: bodies.residueSchema },
    problems: [],
  },
  {
    ...control,
    id: "healResidue",
    method: "POST",
    path: "/heal",
    tag: "machine",
    says: "Undoes what earlier runs left behind; refused while a run is in progress.",
    success: { status: 202, schema: bodies.operationSchema },
    problems: [409],
  },
  {
    ...read,
    id: "getOperation",
    path: "/operations/{id}",
    tag: "machine",
    says: "Returns an operation that takes time.",
    parameters: z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,60}$/) }),
    success: { status: 200, schema: bodies.operationSchema },
    problems: [404],
  },
];
