import { rightsMatrix } from "./rights.ts";

rightsMatrix("valkey");
