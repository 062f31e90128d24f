/** The style sheet of `<brushwork-photo>`, minified by the build. */
declare const sheet: string;
export default sheet;
